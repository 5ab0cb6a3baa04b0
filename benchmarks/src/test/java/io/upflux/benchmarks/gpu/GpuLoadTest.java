package io.upflux.benchmarks.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GpuLoadTest {
    @Test
    @DisabledOnOs(OS.WINDOWS)
    void whatWasSaidUntilTheEndCounts() throws Exception {
        Process tool = tool("printf '90\\nN/A\\n70\\n'; exec sleep 600");
        try (GpuLoad load = new GpuLoad(tool)) {
            TimeUnit.SECONDS.sleep(2);
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
