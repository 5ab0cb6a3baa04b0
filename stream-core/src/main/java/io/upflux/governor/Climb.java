package io.upflux.governor;

import java.util.Arrays;

/**
 * When to try a better rung: after it has been expected to fit for a while, and the later the more often trying it
 * failed. A load that has clearly fallen since the failure forgives it.
 */
final class Climb {
    /** Media time over which the better rung must have been expected to fit. */
    private static final double DWELL = 0.75e9;
    /** Left again within this time, an ascent has failed and the next one waits twice as long. */
    private static final long TRIAL = 2_500_000_000L;
    /** Left after this time, an ascent has paid: patience shrinks. */
    private static final long PAID = 10_000_000_000L;

    private static final long FIRST_PATIENCE = 1_000_000_000L;
    private static final long LONGEST_PATIENCE = 32_000_000_000L;
    /** Cost, as a part of what it was before the failed ascent, at which the failure says nothing any more. */
    private static final double FALLEN = 0.8;

    private final long[] patience;
    private final long[] entered;
    private final long[] failed;
    /** Cost at the rung below before each ascent; 0 where there was none. */
    private final double[] costBelow;
    /** The same before the last ascent that failed. */
    private final double[] costAtFailure;

    private double calm;

    Climb(int rungs) {
        patience = new long[rungs];
        entered = new long[rungs];
        failed = new long[rungs];
        costBelow = new double[rungs];
        costAtFailure = new double[rungs];
        Arrays.fill(patience, FIRST_PATIENCE);
    }

    /** A frame came out, {@code step} after the one before it in media time. */
    void calm(double step, boolean fits) {
        calm = Math.max(0, fits ? calm + step : calm - step);
    }

    /** Something went wrong. */
    void disturb() {
        calm = 0;
    }

    /** Whether to move up to {@code rung}, where a frame costs {@code cost} at the one below. */
    boolean isDue(int rung, double cost, long now) {
        return calm >= DWELL && isForgiven(rung, cost, now);
    }

    /** Time after which half of what a descent has taught is believed. */
    double halfLife(int rung) {
        return 4.0 * patience[rung];
    }

    void up(int rung, double costBelowIt, long now) {
        calm = 0;
        entered[rung] = now;
        costBelow[rung] = costBelowIt;
    }

    void down(int from, long now) {
        calm = 0;
        if (costBelow[from] == 0) {
            return;
        }
        long stay = now - entered[from];
        if (stay < TRIAL) {
            patience[from] = Math.min(LONGEST_PATIENCE, 2 * patience[from]);
        } else if (stay >= PAID) {
            patience[from] = Math.max(FIRST_PATIENCE, patience[from] / 2);
        }
        failed[from] = now;
        costAtFailure[from] = costBelow[from];
    }

    private boolean isForgiven(int rung, double cost, long now) {
        return costAtFailure[rung] == 0 || now - failed[rung] >= patience[rung] || cost < FALLEN * costAtFailure[rung];
    }
}
