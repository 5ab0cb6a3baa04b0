package io.upflux.reuse;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A picture's luma in at most 128 columns: means of square cells, in sixteenths of a code at 8 bits. Of large cells only
 * every second, fourth .. row is read, 8 in all; what is left over at the right and at the bottom is left out.
 */
final class Thumbnail {
    /** One code at 8 bits. */
    static final int CODE = 16;

    private static final int MOST_COLUMNS = 128;
    private static final int ROWS_READ = WindowGrid.WINDOW;

    private final int columns;
    private final int rows;
    private final int cell;
    private final int wordsPerCell;
    private final int depth;
    private final Lanes lanes;
    private final long[] row;
    private final long[] sums;
    private final int[] means;

    Thumbnail(FrameFormat format) {
        int side = WindowGrid.WINDOW;
        while (format.width() / side > MOST_COLUMNS) {
            side *= 2;
        }
        int bytesPerSample = format.layout().bytesPerSample();
        cell = side;
        columns = format.width() / cell;
        rows = format.height() / cell;
        wordsPerCell = cell * bytesPerSample / 8;
        depth = format.layout().depth();
        lanes = Lanes.of(bytesPerSample);
        row = new long[columns * wordsPerCell];
        sums = new long[row.length];
        means = new int[columns * rows];
    }

    int columns() {
        return columns;
    }

    int rows() {
        return rows;
    }

    /** The cells in raster order. */
    int[] means() {
        return means;
    }

    void read(VideoFrame frame) {
        Plane luma = frame.plane(frame.format().layout().lumaPlane());
        ByteBuffer data = luma.data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int step = cell / ROWS_READ;
        for (int y = 0; y < rows; y++) {
            Arrays.fill(sums, 0);
            for (int i = 0; i < ROWS_READ; i++) {
                int at = (y * cell + i * step) * luma.stride();
                data.limit(at + 8 * row.length).position(at).asLongBuffer().get(row);
                data.clear();
                lanes.addPairs(row, 0, row.length, sums);
            }
            for (int x = 0; x < columns; x++) {
                means[y * columns + x] = mean(x * wordsPerCell);
            }
        }
    }

    private int mean(int firstWord) {
        long sum = 0;
        for (int i = firstWord; i < firstWord + wordsPerCell; i++) {
            sum += lanes.sum(sums[i]);
        }
        return (int) ((sum * CODE) / ((long) ROWS_READ * cell << depth - 8));
    }
}
