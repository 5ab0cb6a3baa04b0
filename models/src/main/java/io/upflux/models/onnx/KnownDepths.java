package io.upflux.models.onnx;

import io.upflux.reuse.Origins;
import io.upflux.reuse.WindowGrid;
import org.jspecify.annotations.Nullable;

/**
 * How many blocks the windows of a stream's pictures need, as their confidences said when they were computed last. Follows
 * the content when it moves.
 */
final class KnownDepths {
    /** Of a window that is new. */
    private static final byte UNKNOWN = 0;

    private final int columns;
    private final int rows;
    private final byte blocks;
    private byte[] depths;
    private byte[] before;
    private @Nullable Origins last;

    /**
     * @param width of the pictures in pixels, whole windows
     * @param height likewise
     * @param blocks that a window passes of which nothing is known
     */
    KnownDepths(int width, int height, int blocks) {
        this(
                width / WindowGrid.WINDOW,
                height / WindowGrid.WINDOW,
                (byte) blocks,
                new byte[width / WindowGrid.WINDOW * (height / WindowGrid.WINDOW)]);
    }

    private KnownDepths(int columns, int rows, byte blocks, byte[] depths) {
        this.columns = columns;
        this.rows = rows;
        this.blocks = blocks;
        this.depths = depths;
        this.before = new byte[depths.length];
    }

    /** As it is now. */
    KnownDepths copy() {
        KnownDepths copy = new KnownDepths(columns, rows, blocks, depths.clone());
        copy.last = last;
        return copy;
    }

    /** Goes on to the next picture; does nothing when that has happened for the same one. */
    void move(Origins origins) {
        if (origins == last) {
            return;
        }
        last = origins;
        byte[] old = depths;
        depths = before;
        before = old;
        System.arraycopy(old, 0, depths, 0, old.length);
        WindowGrid grid = origins.grid();
        for (int window = 0; window < grid.windows(); window++) {
            int from = origins.window(window);
            int at = window / grid.columns() * columns + window % grid.columns();
            depths[at] = origins.known(window) ? old[from / grid.columns() * columns + from % grid.columns()] : UNKNOWN;
        }
    }

    /** Blocks to compute of the window at a place in pixels; all beyond the picture, where nothing is known. */
    byte at(int x, int y) {
        return has(x, y) ? depths[y / WindowGrid.WINDOW * columns + x / WindowGrid.WINDOW] : blocks;
    }

    /** Whether anything is known of the window at a place in pixels. */
    boolean has(int x, int y) {
        int column = x / WindowGrid.WINDOW;
        int row = y / WindowGrid.WINDOW;
        return x >= 0 && y >= 0 && column < columns && row < rows && depths[row * columns + column] != UNKNOWN;
    }

    /**
     * What some windows would need together, if those of which nothing is known were like the others.
     *
     * @param sum of their depths, all blocks where nothing is known
     * @param unknown of how many windows nothing is known
     */
    double supposed(int sum, int unknown, int windows) {
        return unknown == windows ? 0 : (sum - unknown * blocks) * (double) windows / (windows - unknown);
    }

    /** Takes note of what a window's confidences say. */
    void found(int x, int y, byte depth) {
        depths[y / WindowGrid.WINDOW * columns + x / WindowGrid.WINDOW] = depth;
    }
}
