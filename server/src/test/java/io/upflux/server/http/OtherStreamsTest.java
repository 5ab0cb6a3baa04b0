package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.upflux.buffer.NativeScope;
import io.upflux.codecs.FfmpegPrograms;
import io.upflux.server.Await;
import io.upflux.server.live.LiveStream;
import io.upflux.server.live.StreamState;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.scheduler.Schedulers;

/** Streams that nobody has listed, which {@code all_others} makes for those who send or watch them. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class OtherStreamsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpResponse.BodyHandler<InputStream> ENDLESS = HttpResponse.BodyHandlers.ofInputStream();

    @TempDir
    Path folder;

    @AfterEach
    void nothingIsLeft() {
        assertThat(NativeScope.allocated()).as("bytes of pictures").isZero();
    }

    @Test
    void whoeverSendsMakesAStreamThatGoesWithoutHim() {
        try (TestServer server = sentTo("closeAfter: 2s")) {
            assertThat(server.get("/live/north.ts").statusCode())
                    .as("nobody sends it")
                    .isEqualTo(404);
            Path small = folder.resolve("small.mp4");
            FfmpegPrograms.ffmpeg("-i", clip(), "-vf", "scale=128:72", "-c:v", "libopenh264", small.toString());
            CompletableFuture<Void> north = send(server, "north", clip(), 1);
            CompletableFuture<Void> south = send(server, "south", small.toString(), 4);
            await(() -> isThere(server, "north") && isThere(server, "south"));
            assertThat(width(server, "north")).isEqualTo("320");
            assertThat(width(server, "south")).isEqualTo("256");
            north.orTimeout(60, TimeUnit.SECONDS).join();
            await(() -> !isThere(server, "north"));
            assertThat(south).as("the other is still sent").isNotDone();
            assertThat(width(server, "south")).isEqualTo("256");
            assertThat(server.get("/live/north.ts").statusCode()).isEqualTo(404);
            assertThat(server.get("/api/v1/streams").body())
                    .contains("\"south\"")
                    .doesNotContain("\"north\"");
            assertThat(server.get("/metrics").body())
                    .contains("stream=\"south\"")
                    .doesNotContain("stream=\"north\"");
            south.orTimeout(60, TimeUnit.SECONDS).join();
        }
    }

    /** Cameras lose their connection. */
    @Test
    void whoSendsAgainSoonGoesOn() {
        try (TestServer server = sentTo("closeAfter: 1h")) {
            send(server, "north", clip(), 0).join();
            LiveStream first = stream(server, "north");
            await(() -> first.status().state() == StreamState.WAITING);
            long before = first.window().view().nextPart();
            send(server, "north", clip(), 0).join();
            assertThat(stream(server, "north")).isSameAs(first);
            assertThat(first.window().view().nextPart()).isGreaterThan(before);
        }
    }

    @Test
    void whatIsNoVideoTakesNoPlace() {
        try (TestServer server = sentTo("closeAfter: 1h, maxStreams: 1")) {
            HttpResponse<String> answer = server.send("PUT", "/ingest/north", "hello".repeat(10_000));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
            await(() -> !isThere(server, "north"));
            send(server, "south", clip(), 0).join();
            assertThat(isThere(server, "south")).isTrue();
        }
    }

    /** Each is made by the request itself. */
    @Test
    void everyWayToWatchFindsIt() throws IOException {
        try (TestServer server = watched("closeAfter: 1h, renditions: [{name: tiny, height: 90}]")) {
            for (String address : List.of(
                    "/live/north/index.m3u8",
                    "/live/north/media.m3u8",
                    "/live/north/tiny/media.m3u8",
                    "/live/north.ts",
                    "/live/north.mp4",
                    "/live/north/tiny.ts",
                    "/api/frame.jpeg?src=north",
                    "/api/stream.mjpeg?src=north")) {
                HttpResponse<InputStream> answer = server.send("GET", address, ENDLESS);
                try (InputStream body = answer.body()) {
                    assertThat(answer.statusCode()).as(address).isEqualTo(200);
                    assertThat(body.readNBytes(4)).as(address).hasSize(4);
                }
                assertThat(server.streams().remove("north")).as(address).isTrue();
            }
            for (String socket : List.of("/api/ws?src=north", "/api/ws?src=north/tiny", "/api/preview?src=north")) {
                WebSocket open = HttpClient.newHttpClient()
                        .newWebSocketBuilder()
                        .buildAsync(URI.create(server.url(socket).replace("http:", "ws:")), new WebSocket.Listener() {})
                        .join();
                assertThat(stream(server, "north").config().ephemeral()).isTrue();
                open.abort();
                server.streams().remove("north");
            }
            assertThat(server.get("/api/v1/streams/north").statusCode())
                    .as("who only asks about it does not watch it")
                    .isEqualTo(404);
        }
    }

    @Test
    void whoWatchesMakesAStreamThatGoesWithTheLast() throws IOException {
        try (TestServer server = watched("closeAfter: 1s")) {
            HttpResponse<InputStream> north = server.send("GET", "/live/north.ts", ENDLESS);
            HttpResponse<InputStream> south = server.send("GET", "/live/south.ts", ENDLESS);
            assertThat(north.statusCode()).isEqualTo(200);
            assertThat(south.statusCode()).isEqualTo(200);
            JsonNode shown = JSON.readTree(server.get("/api/v1/streams/north").body());
            assertThat(shown.path("ephemeral").asBoolean()).isTrue();
            assertThat(server.get("/metrics").body()).contains("stream=\"north\"");
            north.body().close();
            await(() -> !isThere(server, "north"));
            assertThat(server.get("/metrics").body())
                    .contains("stream=\"south\"")
                    .doesNotContain("stream=\"north\"");
            assertThat(south.body().readNBytes(200_000)).as("the other goes on").hasSize(200_000);
            south.body().close();
            await(() -> !isThere(server, "south"));
            assertThat(server.get("/live/south/index.m3u8").statusCode())
                    .as("who comes later gets a new one")
                    .isEqualTo(200);
        }
    }

    @Test
    void whatCannotBeOpenedIsSaidAndTakesNoPlace() {
        try (TestServer server = watched("closeAfter: 1h, maxStreams: 1")) {
            for (String name : List.of("east", "west", "east")) {
                HttpResponse<String> answer = server.get("/live/" + name + "/index.m3u8");
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.body())
                        .contains("stream " + name + " is not running: the source: no such file")
                        .doesNotContain(folder.toString());
                await(() -> !isThere(server, name));
            }
            assertThat(server.get("/live/north/index.m3u8").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void thereAreNoMoreThanThereMayBe() throws IOException {
        try (TestServer server = watched("closeAfter: 1s, maxStreams: 1")) {
            try (InputStream north =
                    server.send("GET", "/live/north.ts", ENDLESS).body()) {
                HttpResponse<String> answer = server.get("/live/south/index.m3u8");
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.headers().firstValue("retry-after")).isPresent();
                assertThat(answer.body()).contains("maxStreams of all_others");
                assertThat(server.get("/live/north/index.m3u8").statusCode())
                        .as("those that there are may be watched by all")
                        .isEqualTo(200);
                assertThat(north.read()).isEqualTo(0x47);
            }
            await(() -> server.get("/live/south/index.m3u8").statusCode() == 200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "..%2Fclip",
                "..",
                "%2e%2e%2fclip",
                "a%3Fb",
                "a%23b",
                "u@h",
                "a:b",
                "-a",
                "%00",
                "a%0Ab",
                "all_others"
            })
    void namesAreThoseOfStreams(String name) {
        try (TestServer server = watched("closeAfter: 1h")) {
            for (String address : List.of("/live/" + name + ".ts", "/api/frame.jpeg?src=" + name)) {
                assertThat(server.get(address).statusCode()).as(address).isIn(400, 404);
            }
            assertThat(server.streams().all())
                    .allMatch(stream -> !stream.config().ephemeral());
        }
    }

    @Test
    void whatIsListedIsNotMade() throws IOException {
        try (TestServer server = watched("closeAfter: 1h")) {
            assertThat(server.get("/live/gone/index.m3u8").statusCode()).isEqualTo(503);
            assertThat(stream(server, "gone").config().ephemeral()).isFalse();
            try (InputStream before =
                    server.send("GET", "/live/north.ts", ENDLESS).body()) {
                assertThat(server.send("PATCH", "/api/v1/streams/north", "{\"crf\": 30}")
                                .statusCode())
                        .isEqualTo(409);
                assertThat(server.send("PUT", "/api/v1/streams/north", "{\"source\": \"" + clip() + "\"}")
                                .statusCode())
                        .isEqualTo(201);
                assertThat(before.readAllBytes()).as("the other has ended").isNotEmpty();
            }
            assertThat(stream(server, "north").config().ephemeral()).isFalse();
            assertThat(server.get("/metrics").body()).contains("upflux_stream_viewers{stream=\"north\"}");
            assertThat(server.send("DELETE", "/api/v1/streams/north", "").statusCode())
                    .isEqualTo(204);
            assertThat(server.get("/metrics").body()).doesNotContain("stream=\"north\"");
            assertThat(server.get("/live/north/index.m3u8").statusCode()).isEqualTo(200);
            assertThat(stream(server, "north").config().ephemeral()).isTrue();
            assertThat(server.send("DELETE", "/api/v1/streams/north", "").statusCode())
                    .isEqualTo(204);
            assertThat(isThere(server, "north")).isFalse();
        }
    }

    @Test
    void recordingsHaveFoldersOfTheirOwnAndKeepNothingRunning() throws IOException {
        Path records = folder.resolve("records");
        try (TestServer server = watched("closeAfter: 1s, record: {folder: '" + records + "/$name'}")) {
            for (String name : List.of("north", "south")) {
                try (InputStream in =
                        server.send("GET", "/live/" + name + ".ts", ENDLESS).body()) {
                    assertThat(in.readNBytes(100_000)).hasSize(100_000);
                    assertThat(stream(server, name).viewers())
                            .as("a recording watches nothing")
                            .isEqualTo(1);
                }
                await(() -> !isThere(server, name));
                assertThat(files(records.resolve(name))).isNotEmpty().allMatch(file -> file.startsWith(name + "-"));
            }
        }
    }

    @Test
    void viewersSendNothingAndALinkOpensItsNameAlone() throws IOException {
        String secret = "0123456789abcdef";
        String access =
                "tokens: {a: {secret: viewer-%1$s}, b: {secret: sender-%1$s, role: operator}}\nlinkSecret: %1$s\n"
                        .formatted(secret);
        try (TestServer server = new TestServer(folder, line("source: publisher") + access)) {
            String viewer = "?token=viewer-" + secret;
            String sender = "?token=sender-" + secret;
            assertThat(server.send("PUT", "/ingest/north" + viewer, "x").statusCode())
                    .isEqualTo(403);
            assertThat(server.send("PUT", "/ingest/north", "x").statusCode()).isEqualTo(401);
            assertThat(isThere(server, "north")).isFalse();
            HttpResponse<String> link = server.send("POST", "/api/v1/streams/north/links" + sender, "");
            assertThat(link.statusCode()).as(link.body()).isEqualTo(201);
            String parameters = JSON.readTree(link.body()).get("parameters").asText();
            CompletableFuture<Void> sending = send(server, "north" + sender, clip(), 2);
            await(() -> isThere(server, "north"));
            assertThat(server.get("/live/north/index.m3u8?" + parameters).statusCode())
                    .isEqualTo(200);
            assertThat(server.get("/live/south/index.m3u8?" + parameters).statusCode())
                    .isEqualTo(401);
            sending.join();
        }
    }

    /** Sent to, with these settings. */
    private TestServer sentTo(String settings) {
        return new TestServer(folder, line("source: publisher, " + settings));
    }

    /** Opened when asked for: there are files for north and south. */
    private TestServer watched(String settings) {
        TestServer server =
                new TestServer(folder, line("source: '" + folder + "/$name.mp4', onDemand: true, " + settings));
        for (String name : List.of("north", "south")) {
            try {
                Files.copy(Path.of(clip()), folder.resolve(name + ".mp4"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return server;
    }

    private static String line(String settings) {
        return "  all_others: {" + settings + "}\n";
    }

    private String clip() {
        return folder.resolve("clip.mp4").toString();
    }

    private static CompletableFuture<Void> send(TestServer server, String name, String file, int loops) {
        return CompletableFuture.runAsync(
                () -> FfmpegPrograms.ffmpeg(
                        "-re",
                        "-stream_loop",
                        Integer.toString(loops),
                        "-i",
                        file,
                        "-c",
                        "copy",
                        "-f",
                        "mpegts",
                        "-method",
                        "PUT",
                        server.url("/ingest/" + name)),
                Schedulers.boundedElastic()::schedule);
    }

    private static String width(TestServer server, String name) {
        return FfmpegPrograms.ffprobe(
                        "-v",
                        "error",
                        "-analyzeduration",
                        "1000000",
                        "-select_streams",
                        "v",
                        "-show_entries",
                        "stream=width",
                        "-of",
                        "csv=p=0",
                        server.url("/live/" + name + ".mp4"))
                .replaceAll("\\D", "");
    }

    private static boolean isThere(TestServer server, String name) {
        return server.streams().find(name).isPresent();
    }

    private static LiveStream stream(TestServer server, String name) {
        return server.streams().find(name).orElseThrow();
    }

    private static List<String> files(Path of) throws IOException {
        try (Stream<Path> files = Files.list(of)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static void await(BooleanSupplier what) {
        Await.within(Duration.ofSeconds(60), what);
    }
}
