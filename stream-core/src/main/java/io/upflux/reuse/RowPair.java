package io.upflux.reuse;

import io.upflux.frame.Plane;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The same row of the same plane of two pictures, as words of 8 bytes. */
final class RowPair {
    private final ByteBuffer a;
    private final ByteBuffer b;
    private final int strideA;
    private final int strideB;
    private final int rowBytes;
    private final long[] first;
    private final long[] second;

    RowPair(Plane a, Plane b, PlaneWindows windows) {
        // Lowest byte first is also the native order wherever there are codecs, as lanes of 16 bits need.
        this.a = a.data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
        this.b = b.data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
        strideA = a.stride();
        strideB = b.stride();
        rowBytes = windows.rowBytes();
        first = new long[windows.words()];
        second = new long[windows.words()];
    }

    long[] first() {
        return first;
    }

    long[] second() {
        return second;
    }

    /**
     * Reads row {@code y} of both, unless they are identical.
     *
     * @return the first word that differs, from which on the words are read, or -1
     */
    int read(int y) {
        a.limit(y * strideA + rowBytes).position(y * strideA);
        b.limit(y * strideB + rowBytes).position(y * strideB);
        int different = a.mismatch(b);
        if (different < 0) {
            return -1;
        }
        int word = different >> 3;
        read(a, word, first);
        read(b, word, second);
        return word;
    }

    private void read(ByteBuffer row, int from, long[] words) {
        int whole = rowBytes >> 3;
        int start = row.position();
        row.position(start + 8 * from).asLongBuffer().get(words, from, whole - from);
        if (whole < words.length) {
            long last = 0;
            for (int i = 8 * whole; i < rowBytes; i++) {
                last |= (row.get(start + i) & 0xffL) << 8 * (i & 7);
            }
            words[whole] = last;
        }
    }
}
