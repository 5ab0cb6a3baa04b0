package io.upflux.server.bench;

import io.upflux.reuse.InferenceCost;
import io.upflux.reuse.WindowShares;
import io.upflux.server.bench.ReuseResult.Figures;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Results as tables in Markdown. */
public final class ReuseTable {
    private ReuseTable() {}

    /**
     * A row for each clip and model, in which modes follow each other as they were measured. Frames a second are those of
     * one processor that does nothing else; PSNR is against ground truth, or in brackets against the first mode. What is
     * lost is what the last mode is worse than the first, all in all, in the worst frame and in the worst block. What was
     * predicted is a part of the time that inference really took.
     */
    public static String of(List<ReuseResult> results) {
        Map<String, List<ReuseResult>> rows = new LinkedHashMap<>();
        for (ReuseResult result : results) {
            rows.computeIfAbsent(result.clip() + '\n' + result.model(), any -> new ArrayList<>())
                    .add(result);
        }
        StringBuilder table = new StringBuilder();
        String modes = results.stream()
                .map(result -> result.mode().name().toLowerCase(Locale.ROOT))
                .distinct()
                .collect(Collectors.joining(" / "));
        table.append("| ")
                .append(modes)
                .append(" | frames | inference fps | times | end to end fps | at best | PSNR")
                .append(
                        " | worst frame | worst block | flicker | lost | computed % | adapted % | batch fill % | predicted |\n")
                .append("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
        rows.values().forEach(row -> table.append(row(row)));
        return table.toString();
    }

    private static String row(List<ReuseResult> modes) {
        ReuseResult first = modes.get(0);
        return String.format(
                Locale.ROOT,
                "| %s, %s | %d | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |%n",
                first.clip(),
                first.model(),
                first.frames(),
                each(modes, result -> decimals(1, 1 / result.inferenceSeconds())),
                each(modes, result -> decimals(2, first.inferenceSeconds() / result.inferenceSeconds())),
                each(modes, result -> decimals(1, 1 / result.seconds())),
                each(modes, result -> decimals(1, 1 / result.secondsAtBest())),
                each(modes, result -> psnr(result.quality(), Figures::psnr)),
                each(modes, result -> psnr(result.quality(), Figures::worstFrame)),
                each(modes, result -> psnr(result.quality(), Figures::worstBlock)),
                each(modes, result -> psnr(result.quality(), Figures::flicker)),
                lost(modes.get(modes.size() - 1).quality()),
                each(modes, result -> share(result, windows -> windows.computed() + windows.added())),
                each(modes, result -> share(result, WindowShares::updated)),
                each(modes, result -> decimals(1, 100 * result.inference().batchFill())),
                each(modes, result -> predicted(result.inference())));
    }

    /** Of the time that inference took; nothing is predicted where all is computed, or nothing was measured before. */
    private static String predicted(InferenceCost inference) {
        return inference.predictedSeconds() == 0 || inference.seconds() == 0
                ? "-"
                : decimals(2, inference.predictedSeconds() / inference.seconds());
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

    private static String each(List<ReuseResult> modes, Function<ReuseResult, String> what) {
        return modes.stream().map(what).collect(Collectors.joining(" / "));
    }

    private static String decimals(int digits, double value) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    private static String psnr(@Nullable Figures figures, ToDoubleFunction<Figures> what) {
        if (figures == null) {
            return "-";
        }
        String value = decimals(2, what.applyAsDouble(figures));
        return figures.truth() ? value : "(" + value + ")";
    }

    private static String lost(@Nullable Figures figures) {
        return figures == null || !figures.truth()
                ? "-"
                : decimals(3, figures.loss()) + ", " + decimals(2, figures.worstFrameLoss()) + ", "
                        + decimals(2, figures.worstBlockLoss());
    }

    private static String share(ReuseResult result, ToLongFunction<WindowShares> what) {
        WindowShares windows = result.windows();
        return decimals(1, 100.0 * what.applyAsLong(windows) / Math.max(1, windows.windows()));
    }
}
