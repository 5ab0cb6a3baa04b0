package io.upflux.models.onnx;

import io.upflux.models.tile.TileMemory;
import java.nio.FloatBuffer;

/**
 * Features of the pictures of one stream, the last of the first of two stages: of windows that did not change, those of
 * an earlier picture. Channels last, a pixel's in one piece.
 */
final class FeatureCache implements AutoCloseable {
    private final TileMemory memory = new TileMemory();
    private final FloatBuffer values;
    private final int channels;
    private final int width;
    private final int height;

    /**
     * @param channels numbers for each pixel
     * @param width of the pictures in LR pixels, whole windows
     * @param height likewise
     */
    FeatureCache(String label, int channels, int width, int height) {
        this.channels = channels;
        this.width = width;
        this.height = height;
        this.values =
                memory.allocate(label, Float.BYTES, height, width, channels).asFloatBuffer();
    }

    /**
     * Takes a rectangle over.
     *
     * @param from features of a larger rectangle
     * @param first pixel of it to read
     * @param stride pixels of a row of it
     */
    void put(FloatBuffer from, int first, int stride, int x, int y, int columns, int rows) {
        check(x, y, columns, rows);
        for (int row = 0; row < rows; row++) {
            values.put(place(x, y + row), from, channels * (first + row * stride), channels * columns);
        }
    }

    /**
     * Gives a rectangle out, row after row; beyond the picture are zeros, as for a convolution that pads.
     *
     * @param first pixel to write
     */
    void cut(int x, int y, int columns, int rows, FloatBuffer to, int first) {
        int left = Math.min(columns, Math.max(0, -x));
        int length = Math.max(0, Math.min(width, x + columns) - x - left);
        for (int row = 0; row < rows; row++) {
            int at = channels * (first + row * columns);
            boolean within = y + row >= 0 && y + row < height && length > 0;
            int taken = within ? channels * length : 0;
            int begin = within ? channels * left : 0;
            zero(to, at, begin);
            if (within) {
                to.put(at + begin, values, place(x + left, y + row), taken);
            }
            zero(to, at + begin + taken, channels * columns - begin - taken);
        }
    }

    private static void zero(FloatBuffer values, int at, int count) {
        for (int i = at; i < at + count; i++) {
            values.put(i, 0);
        }
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    /** Whether a rectangle reaches beyond the picture. */
    boolean ends(int x, int y, int columns, int rows) {
        return x < 0 || y < 0 || x + columns > width || y + rows > height;
    }

    /** Whether there is picture. */
    boolean holds(int x, int y) {
        return x >= 0 && y >= 0 && x < width && y < height;
    }

    private int place(int x, int y) {
        return channels * (y * width + x);
    }

    private void check(int x, int y, int columns, int rows) {
        if (ends(x, y, columns, rows)) {
            throw new IllegalArgumentException(columns + "x" + rows + " pixels at " + x + "," + y
                    + " are not all in a picture of " + width + "x" + height);
        }
    }

    @Override
    public void close() {
        memory.close();
    }
}
