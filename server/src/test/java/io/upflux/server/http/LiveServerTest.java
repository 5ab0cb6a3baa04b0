package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.upflux.codecs.FfmpegPrograms;
import io.upflux.server.Await;
import io.upflux.server.live.LiveStream;
import io.upflux.server.live.StreamState;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.WebsocketClientSpec;

/** What a server sends its viewers, and what it says of itself. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class LiveServerTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    @TempDir
    Path scratch;

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = new TestServer(folder);
        server.get("/live/clip/index.m3u8");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({"/live/clip/index.m3u8", "/live/clip.ts", "/live/clip.mp4", "/live/demand.ts"})
    void ffprobeReadsEveryOutput(String path) {
        String streams = FfmpegPrograms.ffprobe(
                "-v",
                "error",
                "-analyzeduration",
                "1000000",
                "-show_entries",
                "stream=codec_name,width,height,sample_rate",
                "-of",
                "csv=p=0",
                server.url(path));
        assertThat(streams).contains("h264,320,180").contains("aac,48000");
    }

    @Test
    void mseIsSpokenAsGo2rtcSpeaksIt() throws IOException {
        List<WebSocketFrame> frames =
                talk("/api/ws?src=clip", "{\"type\":\"mse\",\"value\":\"avc1.640029,mp4a.40.2\"}", 5);

        JsonNode answer = JSON.readTree(((TextWebSocketFrame) frames.get(0)).text());
        assertThat(answer.get("type").asText()).isEqualTo("mse");
        assertThat(answer.get("value").asText()).matches("video/mp4; codecs=\"avc1\\.[0-9a-f]{6},mp4a\\.40\\.2\"");
        Path file = scratch.resolve("mse.mp4");
        Files.write(file, new byte[0]);
        for (WebSocketFrame frame : frames.subList(1, frames.size())) {
            assertThat(frame).isInstanceOf(BinaryWebSocketFrame.class);
            Files.write(file, TestServer.take(frame.content()), StandardOpenOption.APPEND);
        }
        assertThat(FfmpegPrograms.ffprobe(
                        "-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", file.toString()))
                .contains("h264")
                .contains("aac");
        // go2rtc's player begins at zero, whenever it comes.
        assertThat(start(file, "v")).isBetween(0.0, 0.1);
        assertThat(start(file, "a")).isBetween(0.0, 0.1);
        assertThat(end(file, "a") - end(file, "v")).isCloseTo(0, within(0.2));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"type":"mse","value":"vp09.00.10.08"} | mse: codecs not matched
            {"type":"webrtc/offer","value":""}     | webrtc/offer: not served here
            hello                                  | messages are JSON objects with a type
            """)
    void whatASocketCannotDoItSays(String question, String error) throws IOException {
        JsonNode answer = JSON.readTree(
                ((TextWebSocketFrame) talk("/api/ws?src=clip", question, 1).get(0)).text());
        assertThat(answer.get("type").asText()).isEqualTo("error");
        assertThat(answer.get("value").asText()).startsWith(error);
    }

    /** A socket may be open for long before its player asks. */
    @Test
    void aQuestionStartsAStreamOnDemandAgain() throws IOException {
        LiveStream stream = server.streams().find("demand").orElseThrow();
        server.get("/live/demand/index.m3u8");
        Mono<String> question = Mono.fromRunnable(
                        () -> await(() -> stream.status().state() == StreamState.IDLE))
                .subscribeOn(Schedulers.boundedElastic())
                .thenReturn("{\"type\":\"mse\",\"value\":\"\"}");
        // More than the last segment that there is of it.
        assertThat(talk("/api/ws?src=demand", question, 12)).hasSize(12);
    }

    @Test
    void aPictureIsTheUpscaledOne() throws IOException {
        HttpResponse<byte[]> answer = server.bytes("/api/frame.jpeg?src=clip");
        assertThat(answer.headers().firstValue("content-type")).hasValue("image/jpeg");
        BufferedImage picture = ImageIO.read(new ByteArrayInputStream(answer.body()));
        assertThat(picture.getWidth()).isEqualTo(320);
        assertThat(picture.getHeight()).isEqualTo(180);
    }

    @Test
    void motionJpegGivesOnePictureAfterTheOther() throws IOException {
        HttpResponse<InputStream> answer =
                server.send("GET", "/api/stream.mjpeg?src=clip", HttpResponse.BodyHandlers.ofInputStream());
        assertThat(answer.headers().firstValue("content-type")).hasValue("multipart/x-mixed-replace; boundary=upflux");
        try (InputStream in = answer.body()) {
            String some = new String(in.readNBytes(60_000), StandardCharsets.ISO_8859_1);
            assertThat(some.split("--upflux\r\nContent-Type: image/jpeg\r\n", -1))
                    .hasSizeGreaterThan(2);
        }
    }

    @Test
    void aStreamOnDemandStopsWhenNobodyWatches() {
        LiveStream stream = server.streams().find("demand").orElseThrow();
        assertThat(server.get("/live/demand/index.m3u8").statusCode()).isEqualTo(200);
        assertThat(stream.status().state()).isEqualTo(StreamState.LIVE);
        await(() -> stream.status().state() == StreamState.IDLE);
        assertThat(server.get("/live/demand/index.m3u8").statusCode()).isEqualTo(200);
    }

    @Test
    void whatTheServerDoesCanBeSeen() throws IOException {
        JsonNode streams = JSON.readTree(server.get("/api/v1/streams").body()).get("streams");
        assertThat(streams).hasSize(4);
        JsonNode clip = JSON.readTree(server.get("/api/v1/streams/clip").body());
        assertThat(clip.get("state").asText()).isEqualTo("live");
        assertThat(clip.get("model").asText()).isEqualTo("bicubic-x2");
        assertThat(clip.get("width").asInt()).isEqualTo(320);
        JsonNode gone = JSON.readTree(server.get("/api/v1/streams/gone").body());
        assertThat(gone.get("error").asText()).isEqualTo("the source: no such file");
        assertThat(server.get("/api/v1/models").body()).contains("bicubic-x2");
        assertThat(server.get("/healthz/live").statusCode()).isEqualTo(200);
        assertThat(server.get("/healthz/ready").body()).contains("ready");
        assertThat(server.get("/metrics").body())
                .containsPattern("upflux_stream_encoded_frames_total\\{stream=\"clip\"} [1-9]")
                .contains("upflux_stream_inference_time_seconds_total{stream=\"clip\"}")
                .contains("upflux_stream_inference_predicted_time_seconds_total{stream=\"clip\"}")
                .contains("upflux_stream_batch_tiles_total{stream=\"clip\"}")
                .contains("upflux_stream_batch_places_total{stream=\"clip\"}")
                .contains("upflux_stage_busy_seconds_total{stage=\"infer\",stream=\"clip\"}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET  | /nowhere                                           | 404 | there is nothing at /nowhere
            GET  | /live/x/index.m3u8                                 | 404 | no stream is named x
            GET  | /live/x.ts                                         | 404 | no stream is named x
            GET  | /live/..%2f..%2fetc/index.m3u8                     | 404 | there is nothing at
            GET  | /live/clip/segment-99999.m4s                       | 404 | segment 99999 of stream clip is not there
            GET  | /live/clip/part-99999.m4s                          | 404 | part 99999 of stream clip is not there
            GET  | /live/clip/init-7.mp4                              | 404 | header 7 of stream clip is not there
            GET  | /live/clip/init-99999999999999999999.mp4           | 404 | there is no number
            GET  | /live/clip/media.m3u8?_HLS_part=1                  | 400 | _HLS_part needs _HLS_msn
            GET  | /live/clip/media.m3u8?_HLS_msn=9999999999999       | 400 | segment 9999999999999 is too far ahead
            GET  | /live/clip/media.m3u8?_HLS_msn=-1                  | 400 | parameter _HLS_msn must be a whole number, not '-1'
            GET  | /live/clip/media.m3u8?_HLS_msn=1&_HLS_msn=2        | 400 | parameter _HLS_msn is given more than once
            GET  | /api/frame.jpeg                                    | 400 | parameter src must name a stream
            GET  | /api/frame.jpeg?src=x                              | 404 | no stream is named x
            GET  | /api/ws?src=clip                                   | 426 | this is a WebSocket
            GET  | /api/v1/streams/x                                  | 404 | no stream is named x
            POST | /live/clip.ts                                      | 405 | only GET, HEAD is possible here
            PUT  | /metrics                                           | 405 | only GET, HEAD is possible here
            """)
    void badRequestsAreAnsweredByProblemDetails(String method, String path, int status, String detail)
            throws IOException {
        HttpResponse<String> answer = server.send(method, path, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
        JsonNode problem = JSON.readTree(answer.body());
        assertThat(problem.get("status").asInt()).isEqualTo(status);
        assertThat(problem.get("title").asText()).isNotEmpty();
        assertThat(problem.get("detail").asText()).startsWith(detail);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/live/gone/index.m3u8", "/live/gone.ts", "/api/frame.jpeg?src=gone"})
    void whatDoesNotRunSaysWhyBeforePlayersGiveUp(String path) {
        long start = System.nanoTime();
        HttpResponse<String> answer = server.get(path);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("retry-after")).hasValue("1");
        assertThat(answer.body()).contains("stream gone is not running: the source: no such file");
    }

    @Test
    void headersCanBeHadAlone() {
        HttpResponse<String> answer = server.send("HEAD", "/live/clip.ts", HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type")).hasValue("video/mp2t");
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void thePageAndAllItNeedsComeFromHere() {
        HttpResponse<String> page = server.get("/");
        assertThat(page.body())
                .contains("<title>Upflux</title>")
                .doesNotContain("http://")
                .doesNotContain("https://");
        assertThat(page.headers().firstValue("content-security-policy").orElseThrow())
                .contains("default-src 'none'")
                .contains("script-src 'self';");
        Pattern needed = Pattern.compile("(?:from '\\./|(?:src|href)=\"/page/)([a-z.]+)");
        Set<String> seen = new HashSet<>();
        Deque<String> bodies = new ArrayDeque<>(List.of(page.body()));
        while (!bodies.isEmpty()) {
            Matcher file = needed.matcher(bodies.remove());
            while (file.find()) {
                if (seen.add(file.group(1))) {
                    HttpResponse<String> answer = server.get("/page/" + file.group(1));
                    assertThat(answer.statusCode()).as(file.group(1)).isEqualTo(200);
                    bodies.add(answer.body());
                }
            }
        }
        assertThat(seen).contains("page.css", "page.js", "hls.min.js", "wipe.js", "view.js");
    }

    @Test
    void soundAndPicturesStayTogether() throws IOException {
        Path file = scratch.resolve("av.ts");
        FfmpegPrograms.ffmpeg("-i", server.url("/live/clip.ts"), "-t", "3", "-c", "copy", file.toString());
        assertThat(end(file, "a") - end(file, "v")).isCloseTo(0, within(0.1));
    }

    private static double start(Path file, String stream) {
        return FfmpegPrograms.times(file, stream).get(0);
    }

    private static double end(Path file, String stream) {
        List<Double> times = FfmpegPrograms.times(file, stream);
        return times.get(times.size() - 1);
    }

    /** go2rtc's player asks for WebRTC, too, a moment after MSE. */
    @Test
    void whatIsAskedBesideDoesNotEndTheMovie() {
        List<WebSocketFrame> frames = talk(
                "/api/ws?src=clip",
                Flux.just(
                        "{\"type\":\"mse\",\"value\":\"avc1.640029,mp4a.40.2\"}",
                        "{\"type\":\"webrtc/offer\",\"value\":\"v=0\"}",
                        "{\"type\":\"webrtc/candidate\",\"value\":\"\"}"),
                9);
        assertThat(frames).filteredOn(BinaryWebSocketFrame.class::isInstance).hasSize(6);
        assertThat(frames)
                .filteredOn(TextWebSocketFrame.class::isInstance)
                .map(frame -> ((TextWebSocketFrame) frame).text())
                .anyMatch(text -> text.contains("\"type\":\"mse\""))
                .contains("{\"type\":\"error\",\"value\":\"webrtc/offer: not served here\"}");
    }

    /** What go2rtc's player falls back on where it plays no codec of the stream. */
    @Test
    void picturesComeOverTheSocketAsWell() throws IOException {
        List<WebSocketFrame> frames = talk("/api/ws?src=clip", "{\"type\":\"mjpeg\"}", 3);
        assertThat(((TextWebSocketFrame) frames.get(0)).text()).contains("\"type\":\"mjpeg\"");
        for (WebSocketFrame frame : frames.subList(1, 3)) {
            byte[] picture = TestServer.take(((BinaryWebSocketFrame) frame).content());
            BufferedImage image = ImageIO.read(new ByteArrayInputStream(picture));
            assertThat(image.getWidth()).isEqualTo(320);
        }
    }

    /** @return answers on the heap, which need no release */
    private static List<WebSocketFrame> talk(String path, String question, int answers) {
        return talk(path, Mono.just(question), answers);
    }

    private static List<WebSocketFrame> talk(String path, Publisher<String> question, int answers) {
        CompletableFuture<List<WebSocketFrame>> all = new CompletableFuture<>();
        HttpClient.create()
                .websocket(WebsocketClientSpec.builder()
                        .maxFramePayloadLength(10_000_000)
                        .build())
                .uri(server.url(path).replace("http:", "ws:"))
                .handle((in, out) -> out.sendString(question)
                        .then()
                        .thenMany(in.receiveFrames()
                                .<WebSocketFrame>map(frame -> frame.replace(Unpooled.copiedBuffer(frame.content())))
                                .take(answers))
                        .collectList()
                        .doOnNext(all::complete)
                        .doOnError(all::completeExceptionally)
                        .then())
                .subscribe();
        return all.orTimeout(30, TimeUnit.SECONDS).join();
    }

    private static void await(BooleanSupplier what) {
        Await.within(Duration.ofSeconds(30), what);
    }
}
