package io.upflux.reuse;

import java.util.Arrays;

/**
 * Where the content of a picture's windows was in the picture before. Made once and filled again for every picture by
 * {@link BlockMatch}. One thread.
 */
public final class Origins {
    private static final short NONE = Short.MIN_VALUE;

    private final WindowGrid grid;
    private final int columns;
    /** The displacement's rows in the high byte, columns in the low one. */
    private final short[] vectors;

    public Origins(WindowGrid grid) {
        this.grid = grid;
        columns = grid.columns();
        vectors = new short[grid.windows()];
    }

    /** Of a picture that has nothing to do with the one before. */
    public static Origins unknown(WindowGrid grid) {
        Origins origins = new Origins(grid);
        Arrays.fill(origins.vectors, NONE);
        return origins;
    }

    /** As it is now. */
    Origins copy() {
        Origins copy = new Origins(grid);
        System.arraycopy(vectors, 0, copy.vectors, 0, vectors.length);
        return copy;
    }

    public WindowGrid grid() {
        return grid;
    }

    /** Whether the window's content is known; of windows that were not searched it is, and did not move. */
    public boolean known(int window) {
        return vectors[window] != NONE;
    }

    /** Columns from the window to its content in the picture before, -16 to 16; 0 where there is none. */
    public int dx(int window) {
        return known(window) ? (byte) vectors[window] : 0;
    }

    /** Rows from the window to its content in the picture before, -16 to 16; 0 where there is none. */
    public int dy(int window) {
        return known(window) ? vectors[window] >> 8 : 0;
    }

    /** The window of the picture before that holds most of the content; the window itself where there is none. */
    public int window(int window) {
        int column = window % columns + (dx(window) + WindowGrid.WINDOW / 2 >> WindowGrid.LOG2_WINDOW);
        int row = window / columns + (dy(window) + WindowGrid.WINDOW / 2 >> WindowGrid.LOG2_WINDOW);
        return Math.min(Math.max(row, 0), grid.rows() - 1) * columns + Math.min(Math.max(column, 0), columns - 1);
    }

    void found(int window, int dx, int dy) {
        vectors[window] = (short) (dy << 8 | dx & 0xff);
    }

    void unknown(int window) {
        vectors[window] = NONE;
    }

    void still(int window) {
        vectors[window] = 0;
    }
}
