package io.upflux.reuse;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;

/** How windows lie in one plane whose rows are taken as words of 8 bytes, the first sample lowest. */
final class PlaneWindows {
    private final int rowBytes;
    private final int height;
    private final int log2Sample;
    private final int shiftX;
    private final int shiftY;
    /** log2 of a window's bytes in a row: 1 to 4, so a word holds up to four windows, a window up to two words. */
    private final int log2Bytes;

    PlaneWindows(FrameFormat format, int plane) {
        PixelLayout layout = format.layout();
        log2Sample = layout.bytesPerSample() - 1;
        rowBytes = format.planeWidth(plane) << log2Sample;
        height = format.planeHeight(plane);
        shiftX = layout.isSubsampled(plane) ? layout.chromaShiftX() : 0;
        shiftY = layout.isSubsampled(plane) ? layout.chromaShiftY() : 0;
        log2Bytes = WindowGrid.LOG2_WINDOW - shiftX + log2Sample;
    }

    int rowBytes() {
        return rowBytes;
    }

    /** Words of a row, the last one perhaps not full. */
    int words() {
        return (rowBytes + 7) >> 3;
    }

    /** Windows of a row. */
    int columns() {
        return (rowBytes + (1 << log2Bytes) - 1) >> log2Bytes;
    }

    int firstRow(int windowRow) {
        return windowRow * side();
    }

    /** Rows of a window, fewer at the bottom edge. */
    int rows(int windowRow) {
        return Math.min(side(), height - windowRow * side());
    }

    /** Rows of a window that is not cut off. */
    int side() {
        return WindowGrid.WINDOW >> shiftY;
    }

    /** Samples of a window, which may be cut off. */
    int samples(int column, int windowRow) {
        int bytes = Math.min(1 << log2Bytes, rowBytes - (column << log2Bytes));
        return (bytes >> log2Sample) * rows(windowRow);
    }

    /** What of a row of words belongs to a window; the first word where it has two. */
    long word(long[] row, int column) {
        int at = column << log2Bytes;
        long word = row[at >> 3];
        return log2Bytes >= 3 ? word : word >>> 8 * (at & 7) & (1L << (8 << log2Bytes)) - 1;
    }

    /** A window's second word, 0 where it has none. */
    long secondWord(long[] row, int column) {
        int second = (column << log2Bytes >> 3) + 1;
        return log2Bytes == 4 && second < row.length ? row[second] : 0;
    }

    /** Adds up what a row of words holds for each window, in lanes of twice the width. */
    void total(long[] row, Lanes lanes, long[] totals) {
        if (log2Bytes == 3) {
            for (int column = 0; column < totals.length; column++) {
                totals[column] = lanes.sum(row[column]);
            }
        } else if (log2Bytes < 3) {
            for (int column = 0; column < totals.length; column++) {
                totals[column] = lanes.sum(word(row, column));
            }
        } else {
            for (int column = 0; column < totals.length; column++) {
                totals[column] = lanes.sum(row[2 * column] + secondWord(row, column));
            }
        }
    }

    /**
     * The box in luma samples around all bytes that are not 0.
     *
     * @param word all rows' first words together, not 0 unless {@code second} is not
     * @param second all rows' second words together
     * @param top first row that is not 0
     * @param bottom row after the last one
     */
    int box(long word, long second, int top, int bottom) {
        int first = word != 0 ? Long.numberOfTrailingZeros(word) >> 3 : 8 + (Long.numberOfTrailingZeros(second) >> 3);
        int last = second != 0
                ? 15 - (Long.numberOfLeadingZeros(second) >> 3)
                : 7 - (Long.numberOfLeadingZeros(word) >> 3);
        int left = first >> log2Sample << shiftX;
        int right = (last >> log2Sample) + 1 << shiftX;
        return Changes.pack(left, top << shiftY, right, bottom << shiftY);
    }
}
