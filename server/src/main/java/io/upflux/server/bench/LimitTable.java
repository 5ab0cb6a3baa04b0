package io.upflux.server.bench;

import java.util.List;
import java.util.Locale;

/** What was measured beside limits, as Markdown tables. */
public final class LimitTable {
    private LimitTable() {}

    public static String ofNetworks(List<NetworkLimit> limits) {
        StringBuilder table = new StringBuilder("| network | GFLOP/s | matrix product | of it, by processor time |\n")
                .append("|---|--:|--:|--:|\n");
        for (NetworkLimit limit : limits) {
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %.0f | %.0f | %.0f %% |%n",
                    limit.model(),
                    limit.gigaflops(),
                    limit.product(),
                    100 * limit.share()));
        }
        return table.toString();
    }

    public static String ofMemory(List<MemoryLimit> limits) {
        StringBuilder table =
                new StringBuilder("| step | MB | GB/s | plain copy | of it |\n").append("|---|--:|--:|--:|--:|\n");
        for (MemoryLimit limit : limits) {
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %.1f | %.1f | %.1f | %.0f %% |%n",
                    limit.step(),
                    limit.megabytes(),
                    limit.gigabytes(),
                    limit.copy(),
                    100 * limit.share()));
        }
        return table.toString();
    }

    public static String ofScaling(List<ScalingResult> results) {
        StringBuilder table = new StringBuilder(
                        "| more of | | times as much | CPU ms | times the cost | MB resident |\n")
                .append("|---|---|--:|--:|--:|--:|\n");
        for (ScalingResult result : results) {
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %.1f | %.1f | %.2f | %s |%n",
                    result.of(),
                    result.step(),
                    result.times(),
                    1000 * result.cpuSeconds(),
                    result.cost(),
                    result.resident() == 0 ? "" : String.format(Locale.ROOT, "%.0f", result.resident() / 1e6)));
        }
        return table.toString();
    }
}
