package io.upflux.reuse;

import io.upflux.frame.Plane;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;

/** A copy of a picture's luma at 8 bits, in which 8x8 samples anywhere are compared by every second row. */
final class EightBitLuma {
    /** Samples that a comparison of 8x8 samples looks at. */
    static final int COMPARED = 32;

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final Lanes LANES = Lanes.of(1);
    private static final long ONES = 0x0101010101010101L;
    private static final int SIDE = WindowGrid.WINDOW;

    private final int width;
    private final int height;
    private final byte[] samples;
    private final short[] row;

    EightBitLuma(int width, int height) {
        this.width = width;
        this.height = height;
        samples = new byte[width * height];
        row = new short[width];
    }

    void read(Plane luma, int depth) {
        if (depth == 8) {
            for (int y = 0; y < height; y++) {
                luma.data().get(y * luma.stride(), samples, y * width, width);
            }
            return;
        }
        ShortBuffer data = luma.data().asShortBuffer();
        int shift = depth - 8;
        for (int y = 0; y < height; y++) {
            data.get(y * luma.stride() >> 1, row);
            for (int x = 0; x < width; x++) {
                samples[y * width + x] = (byte) ((row[x] & 0xffff) >>> shift);
            }
        }
    }

    /** Sum of absolute differences. */
    int difference(int x, int y, EightBitLuma other, int otherX, int otherY) {
        int a = y * width + x;
        int b = otherY * width + otherX;
        int step = 2 * width;
        long first = LANES.difference(word(a), other.word(b));
        long second = LANES.difference(word(a + step), other.word(b + step));
        long third = LANES.difference(word(a + 2 * step), other.word(b + 2 * step));
        long fourth = LANES.difference(word(a + 3 * step), other.word(b + 3 * step));
        return (int) LANES.sum(LANES.pairs(first) + LANES.pairs(second) + LANES.pairs(third) + LANES.pairs(fourth));
    }

    /** Sum of absolute differences from the mean. */
    int texture(int x, int y) {
        int at = y * width + x;
        long sums = 0;
        for (int j = 0; j < SIDE; j += 2) {
            sums += LANES.pairs(word(at + j * width));
        }
        long mean = LANES.sum(sums) / COMPARED * ONES;
        sums = 0;
        for (int j = 0; j < SIDE; j += 2) {
            sums += LANES.pairs(LANES.difference(word(at + j * width), mean));
        }
        return (int) LANES.sum(sums);
    }

    private long word(int at) {
        return (long) WORD.get(samples, at);
    }
}
