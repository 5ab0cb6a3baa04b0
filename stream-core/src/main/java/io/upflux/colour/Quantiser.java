package io.upflux.colour;

import io.upflux.frame.ColourSpec.Range;

/**
 * Code values to normalised samples: {@code value = (code - offset) / scale}, and back with rounding and clipping to
 * the code range (not to the nominal range: super-blacks and super-whites pass). ITU-R BT.2100 table 9.
 */
record Quantiser(float offset, float scale, int maxCode) {
    static Quantiser luma(int depth, Range range) {
        int max = (1 << depth) - 1;
        return range == Range.FULL
                ? new Quantiser(0, max, max)
                : new Quantiser(16 << (depth - 8), 219 << (depth - 8), max);
    }

    static Quantiser chroma(int depth, Range range) {
        int max = (1 << depth) - 1;
        int middle = 1 << (depth - 1);
        return new Quantiser(middle, range == Range.FULL ? max : 224 << (depth - 8), max);
    }

    /** In place, {@code n} codes to values. */
    void toValues(float[] samples, int n) {
        float gain = 1 / scale;
        float bias = -offset / scale;
        for (int i = 0; i < n; i++) {
            samples[i] = samples[i] * gain + bias;
        }
    }

    /** In place, {@code n} values to codes, not yet rounded. */
    void toCodes(float[] samples, int n) {
        for (int i = 0; i < n; i++) {
            samples[i] = samples[i] * scale + offset;
        }
    }
}
