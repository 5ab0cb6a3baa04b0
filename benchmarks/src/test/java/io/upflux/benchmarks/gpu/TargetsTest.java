package io.upflux.benchmarks.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TargetsTest {
    @TempDir
    Path folder;

    @Test
    void measuresStreamsAndKeepsTheTableAndThePicture() throws IOException {
        int exit = run("--case", "plain-m-x2-540p-streams", "--size", "32x32", "--picture-size", "32x16");

        JsonNode measured =
                new ObjectMapper().readTree(folder.resolve("targets.json").toFile());
        assertThat(exit).isZero();
        assertThat(measured).hasSize(1);
        assertThat(measured.get(0).get("provider").asText()).isEqualTo("cpu");
        assertThat(measured.get(0).get("networkFps").asDouble()).isPositive();
        assertThat(measured.get(0).get("p99Millis").asDouble()).isPositive();
        assertThat(Files.readString(folder.resolve("targets.md"))).contains("| plain-m-x2-540p-streams | 32x32 |");
        assertThat(Files.size(folder.resolve("plain-m-x2.f32"))).isEqualTo(Float.BYTES * 3 * 64 * 32);
    }

    @Test
    void measuresFrameToFrame() throws IOException {
        assertThat(run("--case", "plain-m-x2-1080p", "--size", "64x32")).isZero();
        JsonNode measured = new ObjectMapper()
                .readTree(folder.resolve("targets.json").toFile())
                .get(0);
        assertThat(measured.get("fps").asDouble()).isPositive();
        assertThat(measured.get("wantedFps").asDouble()).isEqualTo(120);
        assertThat(measured.get("p99Millis").isNull()).isTrue();
    }

    @Test
    void doesNotMeasureAnotherDeviceThanTheOneAskedFor() throws IOException {
        // No machine has a hundredth GPU.
        assertThat(run("--case", "plain-m-x2-1080p", "--size", "64x32", "--device", "cuda:99"))
                .isEqualTo(1);
        assertThat(Files.readString(folder.resolve("targets.md")))
                .contains("not measured: plain-m-x2: does not run on cuda:99: ");
    }

    private int run(String... more) {
        List<String> all = new ArrayList<>(List.of(more));
        all.addAll(List.of("--seconds", "0.2", "--output", folder.toString(), "--pictures", folder.toString()));
        if (!all.contains("--device")) {
            all.addAll(List.of("--device", "cpu"));
        }
        return new CommandLine(new Targets()).execute(all.toArray(String[]::new));
    }
}
