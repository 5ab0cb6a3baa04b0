package io.upflux.reuse;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import java.util.BitSet;

/**
 * Finds where in the previous picture the luma of a window came from, up to 16 samples away, to whole samples.
 *
 * <p>It tries what is likely (no motion, the motion of neighbours and of the window a picture ago), where nothing of that
 * fits it searches in steps of 8, 4 and 2, and then it walks downhill. None of it is exhaustive: the answer says
 * what a window's halting depth may be taken from, not what its samples are. A window at the right or bottom edge that is
 * cut off is searched with the whole 8x8 samples that end there. One thread; deterministic.
 */
public final class BlockMatch {
    /** Greatest displacement in either direction. */
    public static final int REACH = 16;

    private static final int SIDE = WindowGrid.WINDOW;
    private static final int MOST_STEPS = 8;
    /** Mean difference in codes at 8 bits up to which anything is a match and nothing better is looked for. */
    private static final int ALIKE = 2;

    private final WindowGrid grid;
    private final int depth;
    private final boolean searchable;
    private EightBitLuma current;
    private EightBitLuma previous;
    /** Windows whose motion is tried after no motion. */
    private final int[] likely = new int[5];

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
        current.read(frame.plane(frame.format().layout().lumaPlane()), depth);
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
        // The window's own entry is still that of the previous picture.
        likely[1] = window;
        likely[2] = column > 0 ? window - 1 : window;
        likely[3] = row > 0 ? window - columns : window;
        likely[4] = row > 0 && column + 1 < columns ? window - columns + 1 : window;
        for (int i = 0; i < likely.length; i++) {
            consider(i == 0 ? 0 : origins.dx(likely[i]), i == 0 ? 0 : origins.dy(likely[i]));
        }
        int alike = ALIKE * EightBitLuma.COMPARED;
        if (best <= alike) {
            return true;
        }
        // No better than no detail at all is no match.
        int enough = Math.max(alike, current.texture(left, top) / 2);
        if (best > enough) {
            spread();
        }
        if (2 * best <= 3 * enough) {
            walk();
        }
        return best <= enough;
    }

    /** Downhill by single steps. */
    private void walk() {
        for (int i = 0; i < MOST_STEPS; i++) {
            int x = bestX;
            int y = bestY;
            for (int side = 0; side < 4; side++) {
                int step = (side & 1) * 2 - 1;
                consider(side < 2 ? x + step : x, side < 2 ? y : y + step);
            }
            if (bestX == x && bestY == y) {
                return;
            }
        }
    }

    /** To the best of eight neighbours at ever smaller distances, from the middle and then from the best so far. */
    private void spread() {
        int x = 0;
        int y = 0;
        for (int step = REACH / 2; step > 1; step /= 2) {
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
        int difference = current.difference(left, top, previous, left + dx, top + dy);
        if (difference < best) {
            best = difference;
            bestX = dx;
            bestY = dy;
        }
    }
}
