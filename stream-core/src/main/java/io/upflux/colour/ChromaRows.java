package io.upflux.colour;

import io.upflux.frame.Plane;
import java.util.Arrays;

/**
 * Rows of one chroma plane as values, interpolated across, each made once for all rows of luma that weigh it. One thread.
 */
final class ChromaRows {
    /** Rows that neighbouring rows of luma can weigh; a power of two. */
    private static final int RING = 4;

    private final SampleRows rows;
    private final int bytesPerSample;
    private final Quantiser quantiser;
    private final ChromaFilter across;
    private final float[][] ring = new float[RING][0];
    private final int[] held = new int[RING];
    private float[] codes = {};
    private int column;
    private int width;

    /** @param rows scratch memory, which others may use between calls */
    ChromaRows(SampleRows rows, int bytesPerSample, Quantiser quantiser, ChromaFilter across) {
        this.rows = rows;
        this.bytesPerSample = bytesPerSample;
        this.quantiser = quantiser;
        this.across = across;
    }

    /**
     * Forgets all rows: those of another rectangle follow, of one plane.
     *
     * @param x of luma, where a chroma sample begins
     * @param n samples of luma across
     */
    void begin(int x, int n) {
        column = (x >> across.shift()) - 1;
        width = n;
        Arrays.fill(held, Integer.MIN_VALUE);
        if (ring[0].length < n) {
            Arrays.setAll(ring, i -> new float[n]);
            codes = new float[n + 2];
        }
    }

    /** Row {@code y} of {@code plane}, as wide as luma; valid until one more than three rows away is asked for. */
    float[] row(Plane plane, int y) {
        int slot = y & (RING - 1);
        if (held[slot] != y) {
            int n = ((width - 1) >> across.shift()) + 3;
            rows.load(plane, bytesPerSample, column, y, codes, 0, n);
            quantiser.toValues(codes, n);
            across.upRow(codes, ring[slot], width);
            held[slot] = y;
        }
        return ring[slot];
    }
}
