package io.upflux.colour;

import io.upflux.frame.ColourSpec.ChromaSiting;

/**
 * One direction of chroma up- and downsampling, an exact pair: {@code down(up(c)) == c} for every signal, edges
 * replicated.
 *
 * <p>Upsampling is linear interpolation at the true sample positions. Downsampling is its biorthogonal dual low-pass:
 * LeGall 5/3 (-1 2 6 2 -1)/8 for samples that coincide with a luma sample, (-1 3 3 -1)/4 for samples half-way between
 * two (Cohen, Daubechies, Feauveau 1992). Both have a zero at the Nyquist frequency, so they also suppress alias in
 * pictures that did not come from {@code up}.
 */
enum ChromaFilter {
    /** Not subsampled. */
    NONE(0, 0, 1f),
    /** Chroma sample {@code j} lies on luma sample {@code 2j}. */
    ON_EVEN(1, -2, -0.125f, 0.25f, 0.75f, 0.25f, -0.125f),
    /** Chroma sample {@code j} lies half-way between luma samples {@code 2j} and {@code 2j + 1}. */
    BETWEEN(1, -1, -0.25f, 0.75f, 0.75f, -0.25f),
    /** Chroma sample {@code j} lies on luma sample {@code 2j + 1}. */
    ON_ODD(1, -1, -0.125f, 0.25f, 0.75f, 0.25f, -0.125f),
    /** Four luma samples a chroma sample (4:1:1, 4:1:0): repeated, averaged. */
    QUAD(2, 0, 0.25f, 0.25f, 0.25f, 0.25f);

    /** How many luma samples beyond a region {@link #taps} can reach, on either side. */
    static final int REACH = 2;

    private final int shift;
    private final int firstTap;
    private final float[] taps;

    ChromaFilter(int shift, int firstTap, float... taps) {
        this.shift = shift;
        this.firstTap = firstTap;
        this.taps = taps;
    }

    static ChromaFilter horizontal(int shift, ChromaSiting siting) {
        return switch (shift) {
            case 0 -> NONE;
            case 1 ->
                switch (siting) {
                    case CENTER, TOP, BOTTOM -> BETWEEN;
                    default -> ON_EVEN;
                };
            default -> QUAD;
        };
    }

    static ChromaFilter vertical(int shift, ChromaSiting siting) {
        return switch (shift) {
            case 0 -> NONE;
            case 1 ->
                switch (siting) {
                    case TOP_LEFT, TOP -> ON_EVEN;
                    case BOTTOM_LEFT, BOTTOM -> ON_ODD;
                    default -> BETWEEN;
                };
            default -> QUAD;
        };
    }

    int shift() {
        return shift;
    }

    /** First luma sample, relative to {@code j << shift}, that weighs in chroma sample {@code j}. */
    int firstTap() {
        return firstTap;
    }

    /** Weights of the luma samples from {@link #firstTap} on; their sum is 1. */
    float[] taps() {
        return taps;
    }

    /** Chroma sample, relative to {@code luma >> shift}, that weighs {@code 1 - neighbourWeight}. */
    int neighbour(int luma) {
        return switch (this) {
            case NONE, QUAD -> 0;
            case ON_EVEN -> 1;
            case BETWEEN -> (luma & 1) == 0 ? -1 : 1;
            case ON_ODD -> -1;
        };
    }

    /** Weight of {@link #neighbour} at luma sample {@code luma}. */
    float neighbourWeight(int luma) {
        return switch (this) {
            case NONE, QUAD -> 0f;
            case ON_EVEN -> (luma & 1) == 0 ? 0f : 0.5f;
            case BETWEEN -> 0.25f;
            case ON_ODD -> (luma & 1) == 0 ? 0.5f : 0f;
        };
    }

    /**
     * Interpolates a row.
     *
     * @param chroma samples; the one at index 1 is chroma sample {@code x >> shift}
     * @param luma receives {@code n} samples
     */
    void upRow(float[] chroma, float[] luma, int n) {
        switch (this) {
            case NONE -> System.arraycopy(chroma, 1, luma, 0, n);
            case QUAD -> {
                for (int i = 0; i < n; i++) {
                    luma[i] = chroma[1 + (i >> 2)];
                }
            }
            default -> {
                float evenWeight = neighbourWeight(0);
                float oddWeight = neighbourWeight(1);
                int evenStep = neighbour(0);
                int oddStep = neighbour(1);
                int pairs = n >> 1;
                for (int j = 0; j < pairs; j++) {
                    float c = chroma[1 + j];
                    luma[2 * j] = c + evenWeight * (chroma[1 + j + evenStep] - c);
                    luma[2 * j + 1] = c + oddWeight * (chroma[1 + j + oddStep] - c);
                }
                if ((n & 1) == 1) {
                    float c = chroma[1 + pairs];
                    luma[n - 1] = c + evenWeight * (chroma[1 + pairs + evenStep] - c);
                }
            }
        }
    }

    /**
     * Decimates a row.
     *
     * @param luma samples; the one at index {@link #REACH} is the first of the region, and as many as the filter can reach
     *     lie behind it
     * @param shifted scratch
     * @param chroma receives {@code n} samples; as the scratch it has room for those at every luma position
     */
    void downRow(float[] luma, float[] shifted, float[] chroma, int n) {
        // Filtering at every position and skipping some, and copying first, costs less than loads with gaps or offsets,
        // for which the compiler uses no vectors.
        int wide = n << shift;
        for (int t = 0; t < taps.length; t++) {
            System.arraycopy(luma, REACH + firstTap + t, shifted, 0, wide);
            if (t == 0) {
                RowMath.scale(shifted, taps[t], chroma, wide);
            } else {
                RowMath.accumulate(shifted, taps[t], chroma, wide);
            }
        }
        pick(chroma, n);
    }

    /** Keeps of samples at every luma position the {@code n} that are chroma's. */
    private void pick(float[] samples, int n) {
        if (shift == 1) {
            for (int j = 0; j < n; j++) {
                samples[j] = samples[2 * j];
            }
        } else if (shift == 2) {
            for (int j = 0; j < n; j++) {
                samples[j] = samples[4 * j];
            }
        }
    }
}
