package io.upflux.colour;

import io.upflux.frame.Plane;
import java.nio.ByteBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;

/** Rows of 8 or 16 bit samples to floats and back, in bulk, through scratch memory that is kept. One thread. */
final class SampleRows {
    private byte[] bytes = new byte[0];
    private short[] shorts = new short[0];

    /**
     * Reads code values; positions outside the plane repeat its edge.
     *
     * @param x first column, may be negative
     * @param y row, may be outside
     * @param n columns
     * @param to receives {@code n} codes from index {@code at} on
     */
    void load(Plane plane, int bytesPerSample, int x, int y, float[] to, int at, int n) {
        int row = Math.min(Math.max(y, 0), plane.height() - 1);
        int from = Math.min(Math.max(x, 0), plane.width() - 1);
        int end = Math.max(Math.min(x + n, plane.width()), from + 1);
        int inside = Math.min(end - from, n);
        int left = Math.min(Math.max(from - x, 0), n - inside);
        if (bytesPerSample == 1) {
            byte[] scratch = bytes(inside);
            plane.data().get(row * plane.stride() + from, scratch, 0, inside);
            for (int i = 0; i < inside; i++) {
                to[at + left + i] = scratch[i] & 0xff;
            }
        } else {
            short[] scratch = shorts(inside);
            plane.data().asShortBuffer().get((row * plane.stride() >> 1) + from, scratch, 0, inside);
            for (int i = 0; i < inside; i++) {
                to[at + left + i] = scratch[i] & 0xffff;
            }
        }
        Arrays.fill(to, at, at + left, to[at + left]);
        Arrays.fill(to, at + left + inside, at + n, to[at + left + inside - 1]);
    }

    /** Rounds {@code n} code values to nearest, clips them to 0..max and writes them at ({@code x}, {@code y}). */
    void store(float[] codes, int n, Plane plane, int bytesPerSample, int maxCode, int x, int y) {
        if (bytesPerSample == 1) {
            byte[] scratch = bytes(n);
            for (int i = 0; i < n; i++) {
                scratch[i] = (byte) Math.min(Math.max((int) (codes[i] + 0.5f), 0), maxCode);
            }
            ByteBuffer data = plane.data();
            data.put(y * plane.stride() + x, scratch, 0, n);
        } else {
            short[] scratch = shorts(n);
            for (int i = 0; i < n; i++) {
                scratch[i] = (short) Math.min(Math.max((int) (codes[i] + 0.5f), 0), maxCode);
            }
            ShortBuffer data = plane.data().asShortBuffer();
            data.put((y * plane.stride() >> 1) + x, scratch, 0, n);
        }
    }

    private byte[] bytes(int n) {
        if (bytes.length < n) {
            bytes = new byte[n];
        }
        return bytes;
    }

    private short[] shorts(int n) {
        if (shorts.length < n) {
            shorts = new short[n];
        }
        return shorts;
    }
}
