package io.upflux.reuse;

/**
 * How far a window may drift from what its result was computed from before it counts as really changed. Both bounds
 * hold for each plane by itself, in code values at 8 bits a sample; at greater depths they scale with the codes.
 *
 * @param mean largest mean absolute difference of a plane's samples
 * @param max largest absolute difference of any sample
 */
public record Tolerance(double mean, double max) {
    /** Nothing but identity. */
    public static final Tolerance EXACT = new Tolerance(0, 0);

    public Tolerance {
        if (!(mean >= 0 && max >= 0)) {
            throw new IllegalArgumentException("a tolerance is not negative: mean " + mean + ", max " + max);
        }
    }

    boolean isExact() {
        return mean == 0 || max == 0;
    }

    /** Largest sums of absolute differences of 0 to 64 samples. */
    long[] sumLimits(int depth) {
        long[] limits = new long[WindowGrid.WINDOW * WindowGrid.WINDOW + 1];
        for (int samples = 0; samples < limits.length; samples++) {
            limits[samples] = (long) Math.floor(mean * samples * (1 << (depth - 8)));
        }
        return limits;
    }

    /** Largest difference of one sample, at most the largest code. */
    int sampleLimit(int depth) {
        return (int) Math.min(Math.floor(max * (1 << (depth - 8))), (1 << depth) - 1);
    }
}
