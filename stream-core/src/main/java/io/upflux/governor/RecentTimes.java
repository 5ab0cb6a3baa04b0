package io.upflux.governor;

import java.util.Arrays;

/**
 * What the next of a series of durations will be, from the last few. A single outlier changes nothing, two in a row
 * everything.
 */
final class RecentTimes {
    private static final int KEPT = 12;
    /** Fewer than this and there is no telling an outlier from the rest. */
    private static final int ENOUGH = 3;
    /** How far a first measurement, which may hold the price of starting, may leave the expectation behind. */
    private static final double FIRST = 1.5;

    private final double[] times = new double[KEPT];
    private double expected;
    private long count;

    /** Forgets everything measured; until there is something new, {@code seed} is the best guess, 0 for none. */
    void restart(double seed) {
        count = 0;
        expected = seed;
    }

    void add(double time) {
        times[(int) (count++ % KEPT)] = time;
    }

    /** Whether the estimate is measured rather than guessed. */
    boolean isMeasured() {
        return count >= ENOUGH;
    }

    long count() {
        return count;
    }

    /** The next one; 0 when nothing at all is known. */
    double estimate() {
        if (count == 0) {
            return expected;
        }
        if (!isMeasured() && expected > 0) {
            return count == 1 ? (expected + Math.min(times[0], FIRST * expected)) / 2 : Math.min(times[0], times[1]);
        }
        return count == 1 ? times[0] : Math.max(typical(), Math.min(latest(1), latest(2)));
    }

    /** Mean distance from the estimate, the greatest left out. */
    double deviation() {
        if (!isMeasured()) {
            return 0;
        }
        double mean = typical();
        double[] kept = sorted();
        double sum = 0;
        for (int i = 0; i < kept.length - 1; i++) {
            sum += Math.abs(kept[i] - mean);
        }
        return sum / (kept.length - 1);
    }

    /** Mean without the greatest. */
    private double typical() {
        double[] kept = sorted();
        if (kept.length < ENOUGH) {
            return kept[0];
        }
        return Arrays.stream(kept, 0, kept.length - 1).average().orElseThrow();
    }

    private double[] sorted() {
        double[] kept = Arrays.copyOf(times, (int) Math.min(count, KEPT));
        Arrays.sort(kept);
        return kept;
    }

    private double latest(int back) {
        return times[(int) ((count - back) % KEPT)];
    }
}
