package io.upflux.reuse;

import io.upflux.frame.PixelLayout;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;

/**
 * Whether a real change reaches over the border of its window. Networks weigh mostly what lies a pixel or two away, so
 * what changes much that close to a neighbour would leave its trace in it.
 */
final class Spill {
    /** Samples along a border that neighbours see. */
    private static final int REACH = 2;

    /** Codes at 8 bits below which neighbours change by less than about one. */
    private static final int LIMIT = 8;

    private final WindowGrid grid;
    private final PixelLayout layout;
    private final int limit;

    Spill(WindowGrid grid, PixelLayout layout) {
        this.grid = grid;
        this.layout = layout;
        this.limit = LIMIT << (layout.depth() - 8);
    }

    /**
     * @param window that changed
     * @param right 1 for the neighbour on the right, -1 for that on the left, 0 for those above and below
     * @param down likewise
     * @return whether the change lies within reach of that neighbour
     */
    boolean reaches(VideoFrame now, VideoFrame then, int window, int right, int down) {
        for (int plane = 0; plane < layout.colourPlanes(); plane++) {
            boolean subsampled = layout.isSubsampled(plane);
            int sideX = WindowGrid.WINDOW >> (subsampled ? layout.chromaShiftX() : 0);
            int sideY = WindowGrid.WINDOW >> (subsampled ? layout.chromaShiftY() : 0);
            int x = window % grid.columns() * sideX;
            int y = window / grid.columns() * sideY;
            int left = right > 0 ? x + sideX - Math.min(REACH, sideX) : x;
            int top = down > 0 ? y + sideY - Math.min(REACH, sideY) : y;
            int end = right < 0 ? x + Math.min(REACH, sideX) : x + sideX;
            int bottom = down < 0 ? y + Math.min(REACH, sideY) : y + sideY;
            if (changes(now.plane(plane), then.plane(plane), left, top, end, bottom)) {
                return true;
            }
        }
        return false;
    }

    private boolean changes(Plane now, Plane then, int left, int top, int end, int bottom) {
        for (int y = top; y < Math.min(bottom, now.height()); y++) {
            for (int x = left; x < Math.min(end, now.width()); x++) {
                if (Math.abs(sample(now, x, y) - sample(then, x, y)) > limit) {
                    return true;
                }
            }
        }
        return false;
    }

    private int sample(Plane plane, int x, int y) {
        int at = y * plane.stride() + x * layout.bytesPerSample();
        return layout.bytesPerSample() == 2
                ? plane.data().getShort(at) & 0xffff
                : plane.data().get(at) & 0xff;
    }
}
