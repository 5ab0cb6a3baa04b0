package io.upflux.server.preview;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;

/** A part of an upscaled picture, in its pixels; the source's part is the one it was made from. */
public record Region(int x, int y, int width, int height) {
    public Region {
        if (x < 0 || y < 0 || width < 1 || height < 1) {
            throw new IllegalArgumentException(
                    "a region begins inside the picture and is at least one pixel large, unlike " + width + "x" + height
                            + " at " + x + "," + y);
        }
    }

    /**
     * The least region around this one that both pictures can be cut at, moved inside them.
     *
     * @param scale pixels of {@code upscaled} a pixel of {@code source}
     */
    Region fitted(FrameFormat source, FrameFormat upscaled, int scale) {
        int grid = scale * Math.max(grid(source.layout()), grid(upscaled.layout()));
        int right = Math.min(upscaled.width(), up(Math.min(x + (long) width, upscaled.width()), grid));
        int bottom = Math.min(upscaled.height(), up(Math.min(y + (long) height, upscaled.height()), grid));
        int left = Math.min(x, Math.max(0, right - 1)) / grid * grid;
        int top = Math.min(y, Math.max(0, bottom - 1)) / grid * grid;
        return new Region(left, top, right - left, bottom - top);
    }

    private static int grid(PixelLayout layout) {
        return 1 << Math.max(layout.chromaShiftX(), layout.chromaShiftY());
    }

    private static int up(long value, int grid) {
        return Math.toIntExact((value + grid - 1) / grid * grid);
    }
}
