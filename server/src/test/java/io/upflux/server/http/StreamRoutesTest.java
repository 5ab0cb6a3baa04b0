package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.upflux.server.live.LiveStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams made, changed and deleted by request. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class StreamRoutesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = new TestServer(folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aStreamIsMadeChangedAndDeleted() throws IOException {
        HttpResponse<String> made =
                server.send("POST", "/api/v1/streams", "{\"name\": \"new\", \"source\": \"" + clip() + "\"}");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        assertThat(made.headers().firstValue("location")).hasValue("/api/v1/streams/new");
        assertThat(server.get("/live/new/index.m3u8").body()).contains("RESOLUTION=320x180");
        assertThat(server.get("/metrics").body()).contains("upflux_stream_viewers{stream=\"new\"}");

        HttpResponse<String> changed = server.send("PATCH", "/api/v1/streams/new", "{\"height\": 90}");
        assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
        assertThat(server.get("/live/new/index.m3u8").body()).contains("RESOLUTION=160x90");
        JsonNode settings =
                JSON.readTree(server.get("/api/v1/streams/new/settings").body());
        assertThat(settings.get("source").asText()).isEqualTo(clip());
        assertThat(settings.get("height").asInt()).isEqualTo(90);

        assertThat(server.send("DELETE", "/api/v1/streams/new", "").statusCode())
                .isEqualTo(204);
        assertThat(server.get("/live/new/index.m3u8").statusCode()).isEqualTo(404);
        assertThat(server.get("/metrics").body()).doesNotContain("stream=\"new\"");
    }

    @Test
    void putMakesOnceAndThenReplaces() throws IOException {
        String path = "/api/v1/streams/put";
        assertThat(server.send("PUT", path, "{\"source\": \"publisher\", \"height\": 90}")
                        .statusCode())
                .isEqualTo(201);
        assertThat(server.send("PUT", path, "{\"source\": \"publisher\"}").statusCode())
                .isEqualTo(200);
        assertThat(JSON.readTree(server.get(path + "/settings").body()).has("height"))
                .isFalse();
        assertThat(server.send("DELETE", path, "").statusCode()).isEqualTo(204);
    }

    /** Players go on reading the same playlist, which must not step back. */
    @Test
    void whatStartsAgainNumbersOnBehindADiscontinuity() {
        server.send("PUT", "/api/v1/streams/again", "{\"source\": \"" + clip() + "\"}");
        server.get("/live/again/index.m3u8");
        HlsCheck before = new HlsCheck(server.get("/live/again/media.m3u8").body());
        LiveStream old = server.streams().find("again").orElseThrow();
        assertThat(server.send("PATCH", "/api/v1/streams/again", "{\"crf\": 30}")
                        .statusCode())
                .isEqualTo(200);
        long next = old.window().view().nextPart();
        assertThat(server.bytes("/live/again/part-" + next + ".m4s").statusCode())
                .isEqualTo(200);
        String list = server.get("/live/again/media.m3u8").body();
        HlsCheck after = new HlsCheck(list);
        assertThat(after.mediaSequence).isGreaterThanOrEqualTo(before.openNumber());
        assertThat(list).contains("#EXT-X-DISCONTINUITY\n").doesNotContain(before.header);
    }

    @Test
    void theFirstRuleThatHoldsChoosesTheModel() throws IOException {
        String rules = """
                [{"model": "bicubic-x4", "when": {"minHeight": 91}},
                 {"model": "bicubic-x3", "when": {"maxHeight": 90, "maxRate": 25}},
                 {"model": "bicubic-x4", "when": {"maxHeight": 90}}]""";
        server.send("PUT", "/api/v1/streams/rules", "{\"source\": \"" + clip() + "\", \"models\": " + rules + "}");
        assertThat(server.get("/live/rules/index.m3u8").body()).contains("RESOLUTION=480x270");
        assertThat(JSON.readTree(server.get("/api/v1/streams/rules").body())
                        .get("model")
                        .asText())
                .isEqualTo("bicubic-x3");
    }

    @Test
    void whatNeedsNoNewStartGoesOn() {
        server.send("PUT", "/api/v1/streams/same", "{\"source\": \"" + clip() + "\"}");
        LiveStream stream = server.streams().find("same").orElseThrow();
        assertThat(server.send("PATCH", "/api/v1/streams/same", "{\"closeAfter\": \"3s\", \"onDemand\": true}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(server.streams().find("same")).containsSame(stream);
        assertThat(stream.config().onDemand()).isTrue();
    }

    @Test
    void aDeviceThatThereIsNotIsTheStreamsError() throws IOException {
        String path = "/api/v1/streams/gpu";
        // No machine has a hundredth GPU.
        HttpResponse<String> made = server.send(
                "PUT", path, "{\"source\": \"" + clip() + "\", \"model\": \"plain-s-x2\", \"device\": \"cuda:99\"}");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        HttpResponse<String> answer = server.get("/live/gpu/index.m3u8");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("plain-s-x2: does not run on cuda:99: ");
        assertThat(JSON.readTree(server.get(path).body()).get("state").asText()).isEqualTo("failed");
        assertThat(server.send("DELETE", path, "").statusCode()).isEqualTo(204);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            POST   | /api/v1/streams       | [1]                                     | 400 | the body must be a JSON object
            POST   | /api/v1/streams       | {                                       | 400 | the body must be a JSON object
            POST   | /api/v1/streams       | {"source": "publisher"}                 | 422 | name: is missing
            POST   | /api/v1/streams       | {"name": "../x", "source": "publisher"} | 422 | name: a stream's name has up to 64 letters
            POST   | /api/v1/streams       | {"name": "a"}                           | 422 | source: is missing
            POST   | /api/v1/streams       | {"name": "clip", "source": "publisher"} | 409 | a stream is named clip already
            PUT    | /api/v1/streams/a     | {"name": "b", "source": "publisher"}    | 422 | name: a stream keeps its name a
            PUT    | /api/v1/streams/a     | {"source": "publisher", "sorce": 1}     | 422 | sorce: unknown key
            PUT    | /api/v1/streams/a     | {"source": "publisher", "crf": 99}      | 422 | crf: must be a whole number from 0 to 63
            PUT    | /api/v1/streams/a     | {"source": "publisher", "model": "plane-s"} | 422 | model: no model is named 'plane-s'
            PATCH  | /api/v1/streams/clip  | {"scale": 3}                            | 422 | model: model bicubic-x2
            PUT    | /api/v1/streams/a     | {"source": "/etc/passwd"}               | 403 | no such file among the allowedSources
            PUT    | /api/v1/streams/a     | {"source": "http://169.254.169.254/"}   | 403 | http://169.254.169.254:80 is not among
            PUT    | /api/v1/streams/a     | {"source": "http://192.0.2.70/"}        | 403 | http://192.0.2.70:80 is not among
            PUT    | /api/v1/streams/a     | {"source": "http://192.0.2.7@192.0.2.8/"} | 403 | http://192.0.2.8:80 is not among
            PUT    | /api/v1/streams/a     | {"source": "concat:/etc/passwd"}        | 403 | protocol concat is not for sources
            PATCH  | /api/v1/streams/clip  | {"encoderOptions": {"stats": "/x"}}     | 403 | encoderOptions: only the configuration
            PATCH  | /api/v1/streams/clip  | {"sourceOptions": {"protocol_whitelist": "file"}} | 403 | source option protocol_whitelist: only
            PATCH  | /api/v1/streams/clip  | {"model": "/tmp/x.onnx"}                | 403 | model: by request, models go by their names
            PATCH  | /api/v1/streams/clip  | {"models": [{"model": "/tmp/x.onnx"}]}  | 403 | model: by request, models go by their names
            PATCH  | /api/v1/streams/clip  | {"models": [{"model": "bicubic-x2"}]}   | 422 | models[0].when: is missing
            PATCH  | /api/v1/streams/clip  | {"push": "rtmp://127.0.0.1/a"}          | 403 | push: only the configuration
            PATCH  | /api/v1/streams/clip  | {"push": "file:///etc/passwd"}          | 403 | push: only the configuration
            PATCH  | /api/v1/streams/clip  | {"record": {"folder": "/etc"}}          | 403 | record: only the configuration
            PATCH  | /api/v1/streams/clip  | {"isolation": "none"}                   | 403 | isolation: only the configuration
            PATCH  | /api/v1/streams/clip  | {"hwaccel": "vaapi:/dev/sda"}           | 403 | hwaccel: only the configuration
            PATCH  | /api/v1/streams/x     | {}                                      | 404 | no stream is named x
            DELETE | /api/v1/streams/x     | {}                                      | 404 | no stream is named x
            GET    | /api/v1/streams/x/settings | {}                                 | 404 | no stream is named x
            """)
    void whatCannotBeIsRefusedInPlainWords(String method, String path, String body, int status, String detail)
            throws IOException {
        HttpResponse<String> answer = server.send(method, path, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        JsonNode problem = JSON.readTree(answer.body());
        assertThat(problem.get("detail").asText()).startsWith(detail);
    }

    @Test
    void aLargeBodyIsRefused() {
        HttpResponse<String> answer = server.send("PUT", "/api/v1/streams/a", " ".repeat(100_000));
        assertThat(answer.statusCode()).isEqualTo(413);
    }

    private static String clip() {
        return folder.resolve("clip.mp4").toString();
    }
}
