package io.upflux.reuse;

import io.upflux.frame.PixelLayout;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;

/**
 * Whether a real change reaches over the border of its window. Networks weigh mostly what lies a pixel or two away, so
 * what changes much that close to a neighbour would leave its trace in it.
 */
final class Spill {
    /** LR pixels along a border that neighbours see. */
    private static final int REACH = 2;

    /** Codes at 8 bits below which neighbours change by less than about one. */
    private static final int LIMIT = 8;

    private final WindowGrid grid;
    private final int plane;
    private final int bytes;
    private final int limit;

    Spill(WindowGrid grid, PixelLayout layout) {
        this.grid = grid;
        // What is brightness, or nearest to it.
        this.plane = layout.family() == PixelLayout.Family.RGB ? 1 : 0;
        this.bytes = layout.bytesPerSample();
        this.limit = LIMIT << (layout.depth() - 8);
    }

    /**
     * @param window that changed
     * @param right 1 for the neighbour on the right, -1 for that on the left, 0 for those above and below
     * @param down likewise
     * @return whether the change lies within reach of that neighbour
     */
    boolean reaches(VideoFrame now, VideoFrame then, int window, int right, int down) {
        Plane a = now.plane(plane);
        Plane b = then.plane(plane);
        int x = window % grid.columns() * WindowGrid.WINDOW;
        int y = window / grid.columns() * WindowGrid.WINDOW;
        int left = right > 0 ? x + WindowGrid.WINDOW - REACH : x;
        int top = down > 0 ? y + WindowGrid.WINDOW - REACH : y;
        int end = Math.min(right < 0 ? x + REACH : x + WindowGrid.WINDOW, a.width());
        int bottom = Math.min(down < 0 ? y + REACH : y + WindowGrid.WINDOW, a.height());
        for (int j = top; j < bottom; j++) {
            for (int i = left; i < end; i++) {
                if (Math.abs(sample(a, i, j) - sample(b, i, j)) > limit) {
                    return true;
                }
            }
        }
        return false;
    }

    private int sample(Plane plane, int x, int y) {
        int at = y * plane.stride() + x * bytes;
        return bytes == 2 ? plane.data().getShort(at) & 0xffff : plane.data().get(at) & 0xff;
    }
}
