package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class BenchCommandTest {
    private final Streams streams = new Streams();

    @Test
    void allStagesAndTheWhole() {
        assertThat(streams.upflux("bench", "--size", "64x48", "--frames", "12", "-n", "bicubic-x2", "--json"))
                .describedAs(streams.err())
                .isZero();

        JsonNode result = streams.json().get(0);
        assertThat(result.get("event").asText()).isEqualTo("result");
        assertThat(result.get("frames").asInt()).isEqualTo(12);
        assertThat(result.get("width").asInt()).isEqualTo(64);
        assertThat(result.get("stages").fieldNames())
                .toIterable()
                .containsExactly("decode", "gather", "infer", "compose", "encode");
        double cpu = 0;
        for (JsonNode stage : result.get("stages")) {
            assertThat(stage.get("fps").asDouble()).isPositive();
            cpu += stage.get("cpuMillisPerFrame").asDouble();
        }
        assertThat(result.get("boundFps").asDouble())
                .isCloseTo(
                        1000.0 * result.get("processors").asInt() / cpu,
                        within(0.02 * result.get("boundFps").asDouble()));
        assertThat(result.get("share").asDouble())
                .isCloseTo(result.get("fps").asDouble() / result.get("boundFps").asDouble(), within(0.001));
        assertThat(streams.err()).contains("end to end", "bound by CPU time");
    }

    @Test
    void networksAndStepsStandBesideTheirLimits(@TempDir Path tables) throws IOException {
        assertThat(streams.upflux(
                        "bench",
                        "--limits",
                        "--frames",
                        "3",
                        "--size",
                        "64x48",
                        "-n",
                        "plain-s",
                        "--tables",
                        tables.toString(),
                        "--json"))
                .describedAs(streams.err())
                .isZero();

        JsonNode network = streams.json().get(0);
        assertThat(network.get("event").asText()).isEqualTo("network");
        assertThat(network.get("model").asText()).isEqualTo("plain-s-x2");
        assertThat(network.get("gigaflops").asDouble()).isPositive();
        assertThat(network.get("product").asDouble()).isPositive();
        List<JsonNode> steps = streams.json().subList(1, streams.json().size());
        assertThat(steps).hasSize(6);
        for (JsonNode step : steps) {
            assertThat(step.get("event").asText()).isEqualTo("memory");
            assertThat(step.get("share").asDouble())
                    .as(step.get("step").asText())
                    .isPositive();
        }
        assertThat(tables.resolve("limits.md")).content().contains("plain-s-x2", "samples to planes");
    }

    @Test
    void moreOfEverythingIsMeasuredAndPlotted(@TempDir Path tables) throws Exception {
        assertThat(streams.upflux(
                        "bench",
                        "--scaling",
                        "--frames",
                        "1",
                        "--size",
                        "320x180",
                        "--tables",
                        tables.toString(),
                        "--json"))
                .describedAs(streams.err())
                .isZero();

        assertThat(streams.json())
                .extracting(result -> result.get("of").asText())
                .contains("batch", "streams", "scale", "frame size");
        for (JsonNode result : streams.json()) {
            assertThat(result.get("cost").asDouble())
                    .as(result.get("step").asText())
                    .isPositive();
        }
        Document plot = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(tables.resolve("scaling.svg").toFile());
        assertThat(plot.getElementsByTagName("polyline").getLength()).isEqualTo(1 + 4 + 3);
    }

    @Test
    void limitsTakeNoInput() {
        assertThat(streams.upflux("bench", "clip.mp4", "--limits")).isEqualTo(2);
        assertThat(streams.err()).contains("--limits and --scaling take no INPUT");
    }

    @Test
    void reuseIsMeasuredInAllModesAgainstGroundTruth(@TempDir Path tables) throws IOException {
        assertThat(streams.upflux(
                        "bench",
                        "--reuse",
                        "--size",
                        "320x180",
                        "--frames",
                        "6",
                        "--crf",
                        "23",
                        "-n",
                        "plain-s",
                        "--tables",
                        tables.toString(),
                        "--json"))
                .describedAs(streams.err())
                .isZero();

        List<JsonNode> results = streams.json();
        assertThat(results).hasSize(4 * 3);
        for (int i = 0; i < results.size(); i++) {
            JsonNode result = results.get(i);
            JsonNode quality = result.get("quality");
            JsonNode windows = result.get("windows");
            assertThat(result.get("event").asText()).isEqualTo("reuse");
            assertThat(result.get("mode").asText())
                    .isEqualTo(List.of("OFF", "EXACT", "NEAR").get(i % 3));
            assertThat(result.get("frames").asInt()).isEqualTo(6);
            assertThat(result.get("stageSeconds").get("INFER").asDouble()).isPositive();
            // The process's clock and those of threads are read one after the other, and tick in milliseconds.
            assertThat(result.get("seconds").asDouble())
                    .isGreaterThan(result.get("stageSeconds").get("INFER").asDouble() - 0.002);
            assertThat(result.get("secondsAtBest").asDouble()).isPositive();
            assertThat(quality.get("truth").asBoolean()).isTrue();
            assertThat(quality.get("psnr").asDouble()).isBetween(12.0, 60.0);
            assertThat(quality.get("loss").asDouble()).isLessThan(0.2);
            if (i % 3 == 0) {
                assertThat(quality.get("loss").asDouble()).isZero();
            } else {
                assertThat(windows.get("unchanged").asLong()).isPositive();
            }
        }
        assertThat(Files.readString(tables.resolve("reuse.md")).lines()).hasSize(2 + results.size() / 3);
        try (Stream<Path> files = Files.list(tables)) {
            List<String> pictures = files.map(file -> String.valueOf(file.getFileName()))
                    .filter(file -> file.endsWith(".png"))
                    .toList();
            assertThat(pictures).hasSize(4 * 2).contains("slides-crf-23-plain-s-x2-near.png");
        }
        assertThat(streams.err()).contains("| off / exact / near |", "| slides crf 23, plain-s-x2 | 6 |");
    }

    @Test
    void reuseIsMeasuredAgainstOffWithoutGroundTruthAndOnAFolderWithIt(@TempDir Path folder) throws IOException {
        Path clip = TestMedia.write(folder.resolve("clip.mkv"), 66, 50, 5);

        assertThat(streams.upflux("bench", "--reuse", clip.toString(), "-n", "bicubic", "--json"))
                .describedAs(streams.err())
                .isZero();
        assertThat(streams.json()).hasSize(3);
        assertThat(streams.json().get(0).has("quality")).isFalse();
        assertThat(streams.json().get(1).get("quality").get("truth").asBoolean())
                .isFalse();

        Streams own = new Streams();
        assertThat(own.upflux(
                        "bench",
                        "--reuse",
                        "--size",
                        "96x64",
                        "--frames",
                        "3",
                        "--crf",
                        "20",
                        "--truth",
                        folder.toString(),
                        "-n",
                        "bicubic",
                        "--json"))
                .describedAs(own.err())
                .isZero();
        assertThat(own.json()).hasSize(5 * 3);
        assertThat(own.json().get(12).get("clip").asText()).isEqualTo("clip crf 20");
        assertThat(own.json().get(12).get("quality").get("truth").asBoolean()).isTrue();
    }

    @Test
    void costIsPlottedAgainstScatteredChange(@TempDir Path tables) throws Exception {
        assertThat(streams.upflux(
                        "bench",
                        "--reuse",
                        "--scattered",
                        "--size",
                        "96x64",
                        "--frames",
                        "3",
                        "-n",
                        "bicubic",
                        "--tables",
                        tables.toString(),
                        "--json"))
                .describedAs(streams.err())
                .isZero();

        List<JsonNode> results = streams.json();
        assertThat(results).hasSize(3 * 8);
        for (JsonNode result : results) {
            assertThat(result.get("event").asText()).isEqualTo("scattered");
            assertThat(result.get("computed").asDouble())
                    .as("of 24 windows or 96, so rounded")
                    .isGreaterThanOrEqualTo(result.get("changed").asDouble() - 0.5 / 24);
        }
        assertThat(results.get(0).get("computed").asDouble()).isZero();
        Document plot = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(tables.resolve("scattered.svg").toFile());
        assertThat(plot.getElementsByTagName("polyline").getLength()).isEqualTo(1 + 3);
    }

    @Test
    void severalInputsAreForReuseOnly() {
        assertThat(streams.upflux("bench", "a.mp4", "b.mp4")).isEqualTo(2);
        assertThat(streams.err()).contains("one INPUT at a time");
    }

    @Test
    void whatCannotHaltIsOneLine() {
        for (String model : List.of("plain-s-x2", "bicubic-x2")) {
            Streams own = new Streams();
            assertThat(own.upflux("bench", "-n", model, "--halting", "0.95")).isEqualTo(1);
            assertThat(own.err().lines()).singleElement().asString().contains(model + " cannot halt");
        }
    }

    @Test
    void sizesAreChecked() {
        assertThat(streams.upflux("bench", "--size", "63x48")).isEqualTo(2);
        assertThat(streams.err()).contains("'63x48' is no size");
    }
}
