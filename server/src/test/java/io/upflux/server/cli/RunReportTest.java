package io.upflux.server.cli;

import static io.upflux.server.cli.TestMedia.FRAMES;
import static io.upflux.server.cli.TestMedia.HEIGHT;
import static io.upflux.server.cli.TestMedia.WIDTH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run tells of itself: its progress, its result, its frames, its warnings. */
class RunReportTest {
    private final Streams streams = new Streams();

    @TempDir
    private Path folder;

    @Test
    void programsReadProgressAndAResult() {
        Path clip = TestMedia.clip(folder.resolve("clip.mp4"));

        int exit = streams.upflux("upscale", clip, "-o", folder.resolve("out.mp4"), "-n", "bicubic-x2", "--json");

        assertThat(exit).describedAs(streams.err()).isZero();
        List<JsonNode> events = streams.json();
        JsonNode result = events.get(events.size() - 1);
        assertThat(events.subList(0, events.size() - 1))
                .isNotEmpty()
                .allSatisfy(event -> assertThat(event.fieldNames())
                        .toIterable()
                        .containsExactly("event", "frame", "frames", "fps", "etaSeconds"));
        assertThat(result.fieldNames())
                .toIterable()
                .containsExactly(
                        "event",
                        "frames",
                        "seconds",
                        "fps",
                        "model",
                        "provider",
                        "precision",
                        "windows",
                        "batchFill",
                        "inferenceSeconds",
                        "predictedSeconds",
                        "halted",
                        "warnings");
        assertThat(result.get("event").asText()).isEqualTo("result");
        assertThat(result.get("frames").asInt()).isEqualTo(FRAMES);
        assertThat(result.get("fps").asDouble() * result.get("seconds").asDouble())
                .isCloseTo(FRAMES, within(0.1));
        assertThat(result.get("model").asText()).isEqualTo("bicubic-x2");
        assertThat(result.get("windows").fieldNames())
                .toIterable()
                .containsExactly("unchanged", "updated", "computed", "new");
        double windows = 0;
        for (JsonNode share : result.get("windows")) {
            windows += share.asDouble();
        }
        assertThat(windows).isEqualTo(1);
        assertThat(result.get("batchFill").asDouble()).isBetween(0.01, 1.0);
        assertThat(result.get("inferenceSeconds").asDouble()).isPositive();
        assertThat(result.get("predictedSeconds").asDouble())
                .as("nothing is measured of a resizer")
                .isZero();
        assertThat(result.get("halted").isArray()).isTrue();
        assertThat(result.get("warnings")).isEmpty();
    }

    @Test
    void noProgressLeavesTheResultOnly() {
        Path clip = TestMedia.clip(folder.resolve("clip.mp4"));
        streams.upflux("upscale", clip, "-o", folder.resolve("o.mp4"), "-n", "bicubic-x2", "--json", "--no-progress");
        assertThat(streams.json())
                .singleElement()
                .satisfies(event -> assertThat(event.get("event").asText()).isEqualTo("result"));
    }

    @Test
    void dumpedReuseSaysOfEachFrameWhatItTook() throws IOException {
        Path maps = folder.resolve("maps");
        streams.upflux(
                "upscale",
                TestMedia.clip(folder.resolve("clip.mp4")),
                "-o",
                folder.resolve("o.mp4"),
                "-n",
                "bicubic-x2",
                "--json",
                "--no-progress",
                "--dump-reuse",
                maps);
        JsonNode result = streams.json().get(0);
        List<String> lines = Files.readAllLines(maps.resolve("clip.jsonl"));
        assertThat(lines).hasSize(FRAMES);
        double seconds = 0;
        for (int i = 0; i < FRAMES; i++) {
            JsonNode line = new ObjectMapper().readTree(lines.get(i));
            assertThat(line.get("frame").asInt()).isEqualTo(i + 1);
            assertThat(line.get("computed").asInt())
                    .isLessThanOrEqualTo(line.get("windows").asInt());
            assertThat(line.get("batchFill").asDouble()).isBetween(0.01, 1.0);
            seconds += line.get("inferenceSeconds").asDouble();
        }
        assertThat(seconds).isCloseTo(result.get("inferenceSeconds").asDouble(), within(0.001 + 1e-6 * FRAMES));
    }

    @Test
    void warningsAreCountedAndFailWhenStrict() throws IOException {
        byte[] whole = Files.readAllBytes(TestMedia.write(folder.resolve("clip.mkv"), WIDTH, HEIGHT, 50));
        Path cut = Files.write(folder.resolve("cut.mkv"), Arrays.copyOf(whole, whole.length / 2));

        assertThat(streams.upflux(
                        "upscale", cut, "-o", folder.resolve("a.mkv"), "-n", "bicubic-x2", "--json", "--no-progress"))
                .describedAs(streams.err())
                .isZero();
        JsonNode result = streams.json().get(0);
        assertThat(result.get("frames").asInt()).isBetween(1, 49);
        assertThat(result.get("warnings")).isNotEmpty();
        assertThat(streams.err())
                .contains("warning: " + result.get("warnings").get(0).asText());

        assertThat(streams.upflux("upscale", cut, "-o", folder.resolve("b.mkv"), "-n", "bicubic-x2", "--strict"))
                .isEqualTo(1);
        assertThat(streams.err()).contains("--strict");
    }
}
