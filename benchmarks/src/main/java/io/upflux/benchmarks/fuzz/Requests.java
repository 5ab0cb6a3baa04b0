package io.upflux.benchmarks.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Requests to a server with the streams {@code clip} and {@code push}, damaged: each the same for the same seed. */
final class Requests {
    /** A word of a request: a segment of the path, a parameter, a header's value, a string of JSON. */
    private static final Pattern WORD = Pattern.compile("[^ /?&=:,;\"{}\\[\\]\\r\\n]+");

    private static final List<String> STRANGE = List.of(
            "",
            "..",
            "../../../etc/passwd",
            "%2e%2e%2f",
            "%00",
            "%",
            "%zz",
            "\u00e4\u2028",
            "-1",
            "0",
            "1e309",
            "NaN",
            "99999999999999999999",
            "bytes=0-0,5-9,-1",
            "bytes=-0",
            "bytes=9-1",
            "chunked",
            "null",
            "[]",
            "{\"a\":{\"a\":{\"a\":1}}}",
            "http://127.0.0.1:1/",
            "file:///etc/passwd",
            "a\r\nX: b",
            "x".repeat(9000),
            "[".repeat(5000));

    private static final List<String> HEADS = List.of(
            "GET / HTTP/1.1",
            "GET /live/clip/index.m3u8?token=x HTTP/1.1",
            "GET /live/clip/media.m3u8?_HLS_msn=5&_HLS_part=2 HTTP/1.1",
            "GET /live/clip/part-5.m4s HTTP/1.1\r\nRange: bytes=10-20",
            "GET /live/clip/segment-0.m4s HTTP/1.1\r\nIf-None-Match: \"x\"\r\nAccept-Encoding: gzip, br;q=0.5",
            "GET /live/clip.ts HTTP/1.1",
            "HEAD /live/clip.mp4 HTTP/1.0",
            "GET /api/frame.jpeg?src=clip HTTP/1.1",
            "GET /api/stream.mjpeg?src=clip HTTP/1.1",
            "OPTIONS /api/v1/streams HTTP/1.1\r\nOrigin: http://localhost\r\nAccess-Control-Request-Method: GET",
            "GET /api/v1/streams/clip/settings HTTP/1.1\r\nAuthorization: Bearer 0123456789abcdef",
            "GET /api/v1/jobs?state=queued,running&limit=50&offset=0 HTTP/1.1",
            "GET /api/v1/jobs/01234567-89ab-cdef-0123-456789abcdef/output HTTP/1.1\r\nRange: bytes=0-,5-9",
            "GET /api/v1/jobs/01234567-89ab-cdef-0123-456789abcdef/events HTTP/1.1\r\nLast-Event-ID: 7",
            "GET /api/v1/models HTTP/1.1\r\nCookie: token=0123456789abcdef; a=b",
            "GET /metrics HTTP/1.1\r\nAccept: application/openmetrics-text;version=1.0.0",
            "GET http://localhost/openapi.yaml HTTP/1.1\r\nConnection: keep-alive, Upgrade\r\nUpgrade: h2c",
            "DELETE /api/v1/streams/other HTTP/1.1");

    private static final List<String> BODIES = List.of(
            "POST /api/v1/streams|{\"name\": \"other\", \"source\": \"publisher\", \"latency\": \"500ms\"}",
            "PUT /api/v1/streams/other|{\"source\": \"https://192.0.2.7/a\", \"sourceOptions\": {\"headers\": \"a\"}}",
            "PATCH /api/v1/streams/other|{\"model\": null, \"renditions\": [{\"name\": \"small\", \"height\": 360}]}",
            "POST /api/v1/jobs|{\"input\": \"/srv/a.mp4\", \"model\": \"plain-s\", \"scale\": 2, \"priority\": 1}",
            "PATCH /api/v1/jobs/01234567-89ab-cdef-0123-456789abcdef|{\"state\": \"paused\"}",
            "POST /api/v1/reload|{}",
            "PUT /ingest/push|G@\u0000\u0010 no transport stream");

    private static final List<String> TALKS = List.of(
            "/api/ws?src=clip|{\"type\":\"mse\",\"value\":\"avc1.640029,mp4a.40.2\"}",
            "/api/preview?src=clip|{\"kinds\":[\"source\",\"map\"],\"rate\":2,\"size\":64,\"region\":{\"x\":0,\"y\":0,\"width\":8,\"height\":8}}",
            "/ingest/push|no media at all");

    /**
     * One of them.
     *
     * @param head up to the empty line, or what has become of it
     * @param rest a body, or frames to be sent when the head's answer has come
     * @param talks whether it asks for a WebSocket
     */
    record Request(byte[] head, byte[] rest, boolean talks) {}

    private final List<Request> sound = new ArrayList<>();

    Requests() {
        HEADS.forEach(head -> sound.add(new Request(head(head), new byte[0], false)));
        for (String body : BODIES) {
            String[] parts = body.split("\\|");
            byte[] content = parts[1].getBytes(StandardCharsets.UTF_8);
            String lines =
                    parts[0] + " HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: " + content.length;
            sound.add(new Request(head(lines), content, false));
            String chunk = Integer.toHexString(content.length) + "\r\n" + parts[1] + "\r\n0\r\n\r\n";
            sound.add(new Request(
                    head(parts[0] + " HTTP/1.1\r\nTransfer-Encoding: chunked"),
                    chunk.getBytes(StandardCharsets.UTF_8),
                    false));
        }
        for (String talk : TALKS) {
            String[] parts = talk.split("\\|");
            String upgrade = " HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==";
            byte[] text = parts[1].getBytes(StandardCharsets.UTF_8);
            sound.add(new Request(head("GET " + parts[0] + upgrade), frames(text), true));
        }
    }

    /** What a seed makes of one of them. */
    Request damaged(long seed) {
        Random random = new Random(seed);
        Request request = sound.get(random.nextInt(sound.size()));
        Request other = sound.get(random.nextInt(sound.size()));
        // A head that no longer asks for a WebSocket leaves its frames unheard.
        boolean spareHead = request.rest.length > 0 && random.nextInt(4) > 0;
        byte[] head = spareHead ? request.head : damaged(request.head, other.head, random);
        byte[] rest = request.rest.length == 0 || (!spareHead && random.nextBoolean())
                ? request.rest
                : damaged(request.rest, other.head, random);
        return new Request(head, rest, request.talks);
    }

    private static byte[] damaged(byte[] bytes, byte[] other, Random random) {
        if (random.nextBoolean()) {
            return Mutation.of(bytes, other, random.nextLong());
        }
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        List<MatchResult> words = WORD.matcher(text).results().toList();
        if (words.isEmpty()) {
            return bytes;
        }
        MatchResult word = words.get(random.nextInt(words.size()));
        String strange = STRANGE.get(random.nextInt(STRANGE.size()));
        String changed = text.substring(0, word.start())
                + new String(strange.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1)
                + text.substring(word.end());
        return changed.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] head(String lines) {
        return (lines + "\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** A message in one piece, a ping, a message in two pieces, a goodbye (RFC 6455, section 5.2). */
    private static byte[] frames(byte[] text) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(frame(0x81, text));
        all.writeBytes(frame(0x89, new byte[] {1, 2}));
        all.writeBytes(frame(0x02, text));
        all.writeBytes(frame(0x80, text));
        all.writeBytes(frame(0x88, new byte[] {3, (byte) 0xe8}));
        return all.toByteArray();
    }

    private static byte[] frame(int first, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 8).put((byte) first);
        if (payload.length < 126) {
            frame.put((byte) (0x80 | payload.length));
        } else {
            frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
        }
        // A mask of zeros leaves the payload as it is.
        frame.putInt(0).put(payload);
        byte[] bytes = new byte[frame.position()];
        frame.flip().get(bytes);
        return bytes;
    }
}
