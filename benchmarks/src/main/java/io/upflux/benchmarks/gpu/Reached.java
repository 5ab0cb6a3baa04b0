package io.upflux.benchmarks.gpu;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a device gave for a target.
 *
 * @param target its name
 * @param size of the frames, {@code WIDTHxHEIGHT}
 * @param provider that ran it
 * @param precision of its arithmetic
 * @param networkFps of the network alone
 * @param teraflops multiplications and additions of the network alone, in 1e12 a second
 * @param fps from frame to frame, of all streams together
 * @param wantedFps the same as it should be
 * @param p99Millis from when a frame was due to when it was there, in the 99th percentile; null but for streams
 * @param busy share of the time in which the GPU computed, from frame to frame; null where nobody tells
 * @param failed why nothing was measured; null otherwise
 */
record Reached(
        String target,
        String model,
        String size,
        String provider,
        String precision,
        double networkFps,
        double teraflops,
        double fps,
        double wantedFps,
        @Nullable Double p99Millis,
        @Nullable Double busy,
        @Nullable String failed) {
    private static final String HEAD = """
            | target | frames | model | on | network alone, fps | TFLOP/s | frame to frame, fps | wanted | 99 % within, ms | GPU busy |
            |---|---|---|---|--:|--:|--:|--:|--:|--:|
            """;

    static Reached failed(Target target, String size, String reason) {
        return new Reached(target.toString(), target.model(), size, "", "", 0, 0, 0, target.fps(), null, null, reason);
    }

    static String table(List<Reached> all) {
        StringBuilder table = new StringBuilder(HEAD);
        all.forEach(one -> table.append(one.row()).append('\n'));
        return table.toString();
    }

    private String row() {
        if (failed != null) {
            return "| " + target + " | " + size + " | " + model + " | not measured: " + failed + " | | | | | | |";
        }
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s | %s, %s | %.1f | %.2f | %.1f | %.0f | %s | %s |",
                target,
                size,
                model,
                provider,
                precision,
                networkFps,
                teraflops,
                fps,
                wantedFps,
                p99Millis == null ? "" : String.format(Locale.ROOT, "%.1f", p99Millis),
                busy == null ? "" : String.format(Locale.ROOT, "%.0f %%", 100 * busy));
    }
}
