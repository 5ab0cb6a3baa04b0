package io.upflux.reuse;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import java.util.BitSet;

/**
 * Finds where in the previous picture the luma of a window came from, up to 16 samples away, to whole samples.
 *
 * <p>It tries what is likely (no motion, the motion of neighbours and of the window a picture ago) and walks downhill from
 * the best; only where that leads nowhere it searches in steps of 8, 4, 2 and 1. Neither is exhaustive: the answer says
 * what a window's halting depth may be taken from, not what its samples are. A window at the right or bottom edge that is
 * cut off is searched with the whole 8x8 samples that end there. One thread; deterministic.
 */
public final class BlockMatch {
    /** Greatest displacement in either direction. */
    public static final int REACH = 16;

    private static final int SIDE = WindowGrid.WINDOW;
    private static final int MOST_STEPS = 16;
    /** Mean difference up to which anything is a match, and up to which nothing better is looked for, in codes. */
    private static final int ALIKE = 2;

    private final WindowGrid grid;
    private final int depth;
    private final boolean searchable;
    private EightBitLuma current;
    private EightBitLuma previous;
    private boolean started;
    private int left;
    private int top;
    private int bestX;
    private int bestY;
    private int best;

    public BlockMatch(FrameFormat format) {
        grid = WindowGrid.of(format);
        depth = format.layout().depth();
        searchable = format.width() >= SIDE && format.height() >= SIDE;
        current = new EightBitLuma(format.width(), format.height());
        previous = new EightBitLuma(format.width(), format.height());
    }

    /**
     * Looks at the next picture of the stream.
     *
     * @param frame borrowed; the one given in the call before is the previous picture
     * @param windows to search, in raster order
     * @param origins what the call before filled, or new; receives the origins. Windows that are not searched did not
     *     move; of the first picture nothing is known.
     */
    public void next(VideoFrame frame, BitSet windows, Origins origins) {
        EightBitLuma old = previous;
        previous = current;
        current = old;
        current.read(frame.plane(0), depth);
        for (int window = 0; window < grid.windows(); window++) {
            if (!windows.get(window)) {
                origins.still(window);
            } else if (started && searchable && search(window, origins)) {
                origins.found(window, bestX, bestY);
            } else {
                origins.unknown(window);
            }
        }
        started = true;
    }

    private boolean search(int window, Origins origins) {
        int columns = grid.columns();
        int column = window % columns;
        int row = window / columns;
        left = Math.min(column * SIDE, grid.width() - SIDE);
        top = Math.min(row * SIDE, grid.height() - SIDE);
        best = Integer.MAX_VALUE;
        consider(0, 0);
        // The window's own entry is still that of the previous picture.
        consider(origins.dx(window), origins.dy(window));
        if (column > 0) {
            consider(origins.dx(window - 1), origins.dy(window - 1));
        }
        if (row > 0) {
            consider(origins.dx(window - columns), origins.dy(window - columns));
            if (column + 1 < columns) {
                consider(origins.dx(window - columns + 1), origins.dy(window - columns + 1));
            }
        }
        int enough = ALIKE * EightBitLuma.COMPARED;
        if (best > enough) {
            walk();
            enough = Math.max(enough, current.texture(left, top) / 2);
        }
        if (best > enough) {
            spread();
        }
        return best <= enough;
    }

    /** Downhill by single steps. */
    private void walk() {
        for (int i = 0; i < MOST_STEPS; i++) {
            int x = bestX;
            int y = bestY;
            consider(x - 1, y);
            consider(x + 1, y);
            consider(x, y - 1);
            consider(x, y + 1);
            if (bestX == x && bestY == y) {
                return;
            }
        }
    }

    /** To the best of eight neighbours at ever smaller distances, from the middle and then from the best so far. */
    private void spread() {
        int x = 0;
        int y = 0;
        for (int step = REACH / 2; step > 0; step /= 2) {
            for (int i = 0; i < 9; i++) {
                consider(x + (i % 3 - 1) * step, y + (i / 3 - 1) * step);
            }
            x = bestX;
            y = bestY;
        }
    }

    private void consider(int dx, int dy) {
        if (Math.abs(dx) > REACH
                || Math.abs(dy) > REACH
                || left + dx < 0
                || top + dy < 0
                || left + dx > grid.width() - SIDE
                || top + dy > grid.height() - SIDE
                || best != Integer.MAX_VALUE && dx == bestX && dy == bestY) {
            return;
        }
        int difference = current.difference(left, top, previous, left + dx, top + dy, best);
        if (difference < best) {
            best = difference;
            bestX = dx;
            bestY = dy;
        }
    }
}
