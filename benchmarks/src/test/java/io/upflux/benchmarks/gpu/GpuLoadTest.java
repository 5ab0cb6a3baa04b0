package io.upflux.benchmarks.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GpuLoadTest {
    @TempDir
    Path folder;

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void whatWasSaidUntilTheEndCounts() throws Exception {
        Path told = folder.resolve("told");
        try (GpuLoad load = tool("printf '90\\nN/A\\n70\\n'; : > '" + told + "'; exec sleep 600")) {
            load.begin();
            while (!Files.exists(told)) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            assertThat(load.stop()).hasValueCloseTo(0.8, within(1e-9));
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aToolThatSaysNothingGivesNothing() throws Exception {
        try (GpuLoad load = tool("exec sleep 600")) {
            load.begin();
            assertThat(load.stop()).isEmpty();
        }
    }

    @Test
    void withoutTheToolNothingIsTold() throws Exception {
        try (GpuLoad load = new GpuLoad(List.of(folder.resolve("none").toString()))) {
            load.begin();
            assertThat(load.stop()).isEmpty();
        }
    }

    @Test
    void theToolIsAskedForTheDeviceThatCudaSees() {
        assertThat(GpuLoad.id(1, null)).isEqualTo("1");
        assertThat(GpuLoad.id(1, "3, 5")).isEqualTo("5");
        assertThat(GpuLoad.id(0, "GPU-8f1c")).isEqualTo("GPU-8f1c");
        assertThat(GpuLoad.id(2, "")).isEqualTo("2");
    }

    private static GpuLoad tool(String script) {
        return new GpuLoad(List.of("/bin/sh", "-c", script));
    }
}
