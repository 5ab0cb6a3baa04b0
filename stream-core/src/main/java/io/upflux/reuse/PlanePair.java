package io.upflux.reuse;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The same plane of two pictures, and how windows lie in it. */
final class PlanePair {
    private final ByteBuffer a;
    private final ByteBuffer b;
    private final int strideA;
    private final int strideB;
    private final int rowBytes;
    private final int height;
    private final int bytesPerSample;
    private final int shiftX;
    private final int shiftY;
    /** log2 of a window's bytes in a row: 1 to 4. */
    private final int log2Bytes;
    /** Rows of a window. */
    private final int side;

    PlanePair(VideoFrame frame, VideoFrame reference, int plane) {
        FrameFormat format = frame.format();
        PixelLayout layout = format.layout();
        Plane first = frame.plane(plane);
        Plane second = reference.plane(plane);
        // Words are read so that the leftmost sample is in the lowest bits; also the native order wherever codecs run.
        a = first.data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
        b = second.data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
        strideA = first.stride();
        strideB = second.stride();
        bytesPerSample = layout.bytesPerSample();
        rowBytes = first.width() * bytesPerSample;
        height = first.height();
        shiftX = layout.isSubsampled(plane) ? layout.chromaShiftX() : 0;
        shiftY = layout.isSubsampled(plane) ? layout.chromaShiftY() : 0;
        log2Bytes = WindowGrid.LOG2_WINDOW - shiftX + bytesPerSample - 1;
        side = WindowGrid.WINDOW >> shiftY;
    }

    /** Marks the windows of one row of windows that are not identical in this plane. */
    void mark(int row, boolean[] changed) {
        int end = Math.min((row + 1) * side, height);
        for (int y = row * side; y < end; y++) {
            markRow(y * strideA, y * strideB, changed);
        }
    }

    private void markRow(int fromA, int fromB, boolean[] changed) {
        int at = firstDifference(fromA, fromB, 0);
        if (at >= 0) {
            markWords(fromA, fromB, at & -8, changed);
        }
    }

    private int firstDifference(int fromA, int fromB, int at) {
        a.limit(fromA + rowBytes).position(fromA + at);
        b.limit(fromB + rowBytes).position(fromB + at);
        int different = a.mismatch(b);
        a.clear();
        b.clear();
        return different < 0 ? -1 : at + different;
    }

    private void markWords(int fromA, int fromB, int from, boolean[] changed) {
        int at = from;
        for (; at + 8 <= rowBytes; at += 8) {
            long unlike = a.getLong(fromA + at) ^ b.getLong(fromB + at);
            if (unlike != 0) {
                if (log2Bytes >= 3) {
                    changed[at >> log2Bytes] = true;
                } else {
                    markParts(unlike, at, changed);
                }
            }
        }
        for (; at < rowBytes; at++) {
            if (a.get(fromA + at) != b.get(fromB + at)) {
                changed[at >> log2Bytes] = true;
            }
        }
    }

    private void markParts(long unlike, int at, boolean[] changed) {
        int bits = 8 << log2Bytes;
        int window = at >> log2Bytes;
        for (long rest = unlike; rest != 0; rest >>>= bits, window++) {
            if ((rest & (1L << bits) - 1) != 0) {
                changed[window] = true;
            }
        }
    }

    /** Samples of a window in this plane. */
    int samples(int column, int row) {
        return bytes(column) / bytesPerSample * rows(row);
    }

    /**
     * Sum of absolute differences over a window.
     *
     * @param laneLimit from {@link Lanes#limit}
     * @return the sum, or the complement of a sum that is certain so far ({@code ~sum}, negative) once a sample or the sum
     *     is beyond its limit
     */
    long difference(int column, int row, Lanes lanes, long laneLimit, long sumLimit) {
        int bytes = bytes(column);
        int atA = row * side * strideA + (column << log2Bytes);
        int atB = row * side * strideB + (column << log2Bytes);
        long sums = 0;
        for (int y = rows(row); y > 0; y--, atA += strideA, atB += strideB) {
            long beyond = 0;
            for (int k = 0; k < bytes; k += 8) {
                long d = lanes.difference(word(a, atA + k, bytes - k), word(b, atB + k, bytes - k));
                sums += lanes.pairs(d);
                beyond |= lanes.beyond(d, laneLimit);
            }
            long sum = lanes.sum(sums);
            if (sum > sumLimit || (beyond & lanes.beyondMask()) != 0) {
                return ~sum;
            }
        }
        return lanes.sum(sums);
    }

    /** Widens {@code box} ({@link Changes#pack}, 0 when empty) by what differs of a window in this plane. */
    int widen(int box, int column, int row) {
        int bytes = bytes(column);
        int atA = row * side * strideA + (column << log2Bytes);
        int atB = row * side * strideB + (column << log2Bytes);
        long low = 0;
        long high = 0;
        int top = -1;
        int bottom = 0;
        int rows = rows(row);
        for (int y = 0; y < rows; y++, atA += strideA, atB += strideB) {
            long first = word(a, atA, bytes) ^ word(b, atB, bytes);
            long second = bytes > 8 ? word(a, atA + 8, bytes - 8) ^ word(b, atB + 8, bytes - 8) : 0;
            if ((first | second) != 0) {
                low |= first;
                high |= second;
                top = top < 0 ? y : top;
                bottom = y + 1;
            }
        }
        if (top < 0) {
            return box;
        }
        int firstByte = low != 0 ? Long.numberOfTrailingZeros(low) >> 3 : 8 + (Long.numberOfTrailingZeros(high) >> 3);
        int lastByte =
                high != 0 ? 15 - (Long.numberOfLeadingZeros(high) >> 3) : 7 - (Long.numberOfLeadingZeros(low) >> 3);
        int left = firstByte / bytesPerSample << shiftX;
        int right = lastByte / bytesPerSample + 1 << shiftX;
        return Changes.union(box, Changes.pack(left, top << shiftY, right, bottom << shiftY));
    }

    private int bytes(int column) {
        return Math.min(1 << log2Bytes, rowBytes - (column << log2Bytes));
    }

    private int rows(int row) {
        return Math.min(side, height - row * side);
    }

    /** Up to 8 bytes, the first one lowest. */
    private static long word(ByteBuffer from, int at, int bytes) {
        if (bytes >= 8) {
            return from.getLong(at);
        }
        if (bytes == 4) {
            return from.getInt(at) & 0xffffffffL;
        }
        long word = 0;
        for (int i = 0; i < bytes; i++) {
            word |= (from.get(at + i) & 0xffL) << 8 * i;
        }
        return word;
    }
}
