package io.upflux.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.codecs.FfmpegPrograms;
import io.upflux.codecs.InputOptions;
import io.upflux.codecs.MediaSource;
import io.upflux.governor.Rung;
import io.upflux.live.Step;
import io.upflux.models.Catalogue;
import io.upflux.models.Device;
import io.upflux.models.onnx.TestModels;
import io.upflux.models.sharing.OpenModels;
import io.upflux.pipeline.ForwardingResolver;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.SuperResolver;
import io.upflux.server.config.ConfigFile;
import io.upflux.server.config.ServerConfig;
import io.upflux.server.http.LiveServer;
import io.upflux.server.preview.PreviewKind;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a server tells and keeps of networks that spoil pictures or fail. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SpoiltStreamTest {
    private static final String VIEWER = "viewer-viewer-viewer";
    private static final String OPERATOR = "operator-operator";

    @TempDir
    Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private volatile boolean black;
    private Path clip;

    @BeforeEach
    void draw() {
        clip = folder.resolve("clip.mp4");
        FfmpegPrograms.ffmpeg(
                "-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25", "-t", "2", "-c:v", "libopenh264", clip.toString());
    }

    @Test
    void aPictureThatStaysSpoiltIsCountedAndKeptForOperators() throws Exception {
        ServerConfig config = config("bicubic-x2");
        Path kept;
        try (LiveStreams streams = new LiveStreams(config, stream -> ladder());
                LiveServer server = LiveServer.start(config, streams, null, List.of())) {
            streams.start();
            awaitValue(server, "upflux_stream_encoded_frames_total{stream=\"cam\"}");
            assertThat(value(server, "upflux_stream_spoilt_frames_total{stream=\"cam\"}"))
                    .isZero();
            assertThat(picture(server, "source", OPERATOR).statusCode()).isEqualTo(404);

            black = true;
            awaitValue(server, "upflux_stream_spoilt_frames_total{stream=\"cam\"}");
            LiveStream cam = streams.find("cam").orElseThrow();
            kept = cam.spoilt(PreviewKind.UPSCALED).orElseThrow();
            assertThat(kept).exists();
            assertThat(width(picture(server, "source", OPERATOR))).isEqualTo(96);
            assertThat(width(picture(server, "upscaled", OPERATOR))).isEqualTo(192);
            assertThat(picture(server, "upscaled", VIEWER).statusCode()).isEqualTo(403);
            assertThat(cam.counters().sessions())
                    .as("times the source was opened")
                    .isEqualTo(1);
        }
        assertThat(kept.getParent()).doesNotExist();
    }

    @Test
    void inferencesThatFailAreCounted() throws Exception {
        Path model = Files.write(
                folder.resolve("narrow.onnx"),
                TestModels.declare(TestModels.narrow(2, 80), 2, 0).build());
        ServerConfig config = config(model.toString());
        try (LiveStreams streams = new LiveStreams(config, new OpenModels(Catalogue.standard()));
                LiveServer server = LiveServer.start(config, streams, null, List.of())) {
            streams.start();
            awaitValue(server, "upflux_inference_faults_total");
            awaitValue(server, "upflux_stream_encoded_frames_total{stream=\"cam\"}");
            assertThat(streams.find("cam").orElseThrow().status().error()).isNull();
        }
    }

    private ServerConfig config(String model) {
        String yaml = """
                address: 127.0.0.1:0
                tokens:
                  one: {secret: %s, role: viewer}
                  other: {secret: %s, role: operator}
                streams:
                  cam: {source: %s, model: %s, device: cpu, reuse: off, governor: false}
                """.formatted(VIEWER, OPERATOR, clip, model);
        return ConfigFile.parse("test", yaml, Map.of());
    }

    private void awaitValue(LiveServer server, String series) throws Exception {
        while (value(server, series) == 0) {
            Thread.sleep(20);
        }
    }

    private double value(LiveServer server, String series) throws Exception {
        String metrics = get(server, "/metrics", VIEWER, HttpResponse.BodyHandlers.ofString())
                .body();
        return metrics.lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(series + " is not told"));
    }

    private HttpResponse<byte[]> picture(LiveServer server, String kind, String token) throws Exception {
        return get(
                server, "/api/v1/streams/cam/spoilt/" + kind + ".png", token, HttpResponse.BodyHandlers.ofByteArray());
    }

    private <T> HttpResponse<T> get(LiveServer server, String path, String token, HttpResponse.BodyHandler<T> body)
            throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
        return client.send(
                HttpRequest.newBuilder(uri)
                        .header("Authorization", "Bearer " + token)
                        .build(),
                body);
    }

    private int width(HttpResponse<byte[]> answer) throws IOException {
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("image/png");
        Path file = Files.write(folder.resolve("picture.png"), answer.body());
        try (MediaSource opened = MediaSource.open(file.toString(), InputOptions.defaults(), Notices.none())) {
            return opened.format().width();
        }
    }

    private Ladder ladder() {
        Catalogue catalogue = Catalogue.standard();
        SuperResolver resolver = new Spoiling(catalogue.open(catalogue.find("bicubic-x2", null), Device.CPU));
        return new Ladder(
                List.of(new Step(new Rung("full", "bicubic-x2", 0, 1, 1, 0, false), resolver)), List.of(resolver));
    }

    private final class Spoiling extends ForwardingResolver {
        Spoiling(SuperResolver resolver) {
            super(resolver);
        }

        @Override
        public void upscale(List<Stroke> strokes) {
            super.upscale(strokes);
            if (black) {
                strokes.forEach(stroke -> stroke.work().forEach(placed -> {
                    for (int i = 0; i < placed.batch().output().capacity(); i++) {
                        placed.batch().output().put(i, 0);
                    }
                }));
            }
        }
    }
}
