package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.server.process.Malloc;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class MetricsTest {
    @Test
    void histogramsFillWhileAStreamRuns(@TempDir Path folder) throws InterruptedException {
        try (TestServer server = new TestServer(folder)) {
            String metrics = server.get("/metrics").body();
            while (value(metrics, "upflux_stream_latency_seconds_count{stream=\"clip\"}") < 20) {
                Thread.sleep(50);
                metrics = server.get("/metrics").body();
            }
            for (String stage : new String[] {"decode", "gather", "infer", "compose", "sink"}) {
                assertThat(value(
                                metrics,
                                "upflux_stage_duration_seconds_count{stage=\"" + stage + "\",stream=\"clip\"}"))
                        .as(stage)
                        .isPositive();
            }
            double all = value(metrics, "upflux_stream_latency_seconds_count{stream=\"clip\"}");
            double late = all - value(metrics, "upflux_stream_latency_seconds_bucket{stream=\"clip\",le=\"10.0\"}");
            double sum = value(metrics, "upflux_stream_latency_seconds_sum{stream=\"clip\"}");
            assertThat(metrics.contains("upflux_process_malloc_bytes ")).isEqualTo(Malloc.inUse() > 0);
            assertThat(late).isLessThan(all);
            assertThat(sum / all).isBetween(0.001, 10.0);
            assertThat(metrics.lines().filter(line -> line.startsWith("# TYPE upflux_")))
                    .isNotEmpty()
                    .allMatch(line -> line.endsWith(" gauge")
                            || line.matches(".*_(total counter|seconds histogram|seconds_max gauge)"));
        }
    }

    private static double value(String metrics, String series) {
        return metrics.lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElse(0);
    }
}
