package io.upflux.colour;

import io.upflux.frame.Plane;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;

/** Rows of 8 or 16 bit samples to floats and back, in bulk, through scratch memory that is kept. One thread. */
final class SampleRows {
    /** 2 to the 23rd: of a float that is as large, the last bit counts ones. */
    private static final float ROUNDING = 0x1p23f;

    private byte[] bytes = new byte[0];
    private short[] shorts = new short[0];
    private int[] bits = new int[0];
    private FloatBuffer floatView = FloatBuffer.allocate(0);
    private IntBuffer intView = IntBuffer.allocate(0);

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

    /**
     * Rounds {@code n} code values to nearest, clips them to 0..max and writes them at ({@code x}, {@code y}).
     *
     * @param codes which are spoilt
     * @param at index of the first
     */
    void store(float[] codes, int at, int n, Plane plane, int bytesPerSample, int maxCode, int x, int y) {
        int[] rounded = rounded(codes, at, n, maxCode);
        if (bytesPerSample == 1) {
            byte[] scratch = bytes(n);
            for (int i = 0; i < n; i++) {
                scratch[i] = (byte) rounded[i];
            }
            plane.data().put(y * plane.stride() + x, scratch, 0, n);
        } else {
            short[] scratch = shorts(n);
            for (int i = 0; i < n; i++) {
                scratch[i] = (short) rounded[i];
            }
            plane.data().asShortBuffer().put((y * plane.stride() >> 1) + x, scratch, 0, n);
        }
    }

    /** In the low bits; two copies cost less than a conversion of each number. What is no number becomes 0. */
    private int[] rounded(float[] codes, int at, int n, int maxCode) {
        if (bits.length < n) {
            ByteBuffer memory = ByteBuffer.allocate(Integer.BYTES * n).order(ByteOrder.nativeOrder());
            floatView = memory.asFloatBuffer();
            intView = memory.asIntBuffer();
            bits = new int[n];
        }
        RowMath.clip(codes, at, n, maxCode, ROUNDING);
        floatView.put(0, codes, at, n);
        intView.get(0, bits, 0, n);
        return bits;
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
