package io.upflux.benchmarks.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        Process tool = tool("printf '90\\nN/A\\n70\\n'; : > '" + told + "'; exec sleep 600");
        try (GpuLoad load = new GpuLoad(tool)) {
            while (!Files.exists(told)) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            assertThat(load.stop()).hasValueCloseTo(0.8, within(1e-9));
        }
        assertThat(tool.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aToolThatSaysNothingGivesNothing() throws Exception {
        try (GpuLoad load = new GpuLoad(tool("exec sleep 600"))) {
            assertThat(load.stop()).isEmpty();
        }
    }

    private static Process tool(String script) throws IOException {
        return new ProcessBuilder("/bin/sh", "-c", script).start();
    }
}
