package io.upflux.server.bench;

import io.upflux.reuse.ReuseMode;
import io.upflux.reuse.WindowShares;
import io.upflux.server.bench.ReuseResult.Figures;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Results as tables in Markdown. */
public final class ReuseTable {
    private ReuseTable() {}

    /** A row for each clip, model and mode. */
    public static String of(List<ReuseResult> results) {
        Map<String, ReuseResult> off = results.stream()
                .filter(result -> result.mode() == ReuseMode.OFF)
                .collect(Collectors.toMap(ReuseTable::key, Function.identity(), (first, second) -> second));
        StringBuilder table =
                new StringBuilder("| clip | model | reuse | inference ms | times | CPU ms | fps | bound | PSNR | loss"
                        + " | worst frame | loss | worst block | loss | flicker | kept | adapted | computed | new |\n"
                        + "|---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
        for (ReuseResult result : results) {
            ReuseResult plain = off.getOrDefault(key(result), result);
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %.2f | %.2f | %.1f | %.1f | %.1f | %s | %s |%n",
                    result.clip(),
                    result.model(),
                    result.mode().name().toLowerCase(Locale.ROOT),
                    1000 * result.inferenceSeconds(),
                    plain.inferenceSeconds() / result.inferenceSeconds(),
                    1000 * result.cpuSeconds(),
                    result.fps(),
                    result.fpsBound(),
                    figures(result.quality()),
                    windows(result)));
        }
        return table.toString();
    }

    /** A row for each model and share of windows. */
    public static String ofScattered(List<ScatterResult> results) {
        StringBuilder table =
                new StringBuilder("| model | reuse | windows | changed | computed | inference | upscaling | CPU |\n"
                        + "|---|---|--:|--:|--:|--:|--:|--:|\n");
        for (ScatterResult result : results) {
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %d px | %.0f %% | %.1f %% | %.1f %% | %.1f %% | %.1f %% |%n",
                    result.model(),
                    result.mode().name().toLowerCase(Locale.ROOT),
                    result.window(),
                    100 * result.changed(),
                    100 * result.computed(),
                    100 * result.inference(),
                    100 * result.upscaling(),
                    100 * result.cpu()));
        }
        return table.toString();
    }

    private static String key(ReuseResult result) {
        return result.clip() + '\n' + result.model();
    }

    private static String figures(@Nullable Figures figures) {
        if (figures == null) {
            return " | | | | | | ".strip();
        }
        return String.format(
                Locale.ROOT,
                "%s%.2f | %s | %.2f | %s | %.2f | %s | %.2f",
                figures.truth() ? "" : "(off) ",
                figures.psnr(),
                figures.truth() ? String.format(Locale.ROOT, "%.3f", figures.loss()) : "",
                figures.worstFrame(),
                figures.truth() ? String.format(Locale.ROOT, "%.2f", figures.worstFrameLoss()) : "",
                figures.worstBlock(),
                figures.truth() ? String.format(Locale.ROOT, "%.2f", figures.worstBlockLoss()) : "",
                figures.flicker());
    }

    private static String windows(ReuseResult result) {
        WindowShares windows = result.windows();
        double all = Math.max(1, windows.windows()) / 100.0;
        return String.format(
                Locale.ROOT,
                "%.1f %% | %.1f %% | %.1f %% | %.1f %%",
                windows.unchanged() / all,
                windows.updated() / all,
                windows.computed() / all,
                windows.added() / all);
    }
}
