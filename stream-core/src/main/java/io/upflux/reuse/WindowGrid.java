package io.upflux.reuse;

import io.upflux.frame.FrameFormat;

/**
 * A picture divided into windows of 8x8 luma samples, numbered in raster order. Windows at the right and the bottom edge
 * may be cut off. A window covers, of each subsampled plane, the samples that lie on its luma.
 *
 * @param width of the picture in luma samples
 * @param height of the picture in luma samples
 */
public record WindowGrid(int width, int height) {
    /** Side of a window in luma samples. */
    public static final int WINDOW = 8;

    static final int LOG2_WINDOW = 3;

    public static WindowGrid of(FrameFormat format) {
        return new WindowGrid(format.width(), format.height());
    }

    public int columns() {
        return (width + WINDOW - 1) >> LOG2_WINDOW;
    }

    public int rows() {
        return (height + WINDOW - 1) >> LOG2_WINDOW;
    }

    /** Number of windows. */
    public int windows() {
        return columns() * rows();
    }
}
