package io.upflux.reuse;

import java.util.Arrays;

/**
 * What {@link ChangeDetector} found of each window of one picture. Made once and filled again for every picture; planners
 * may change states afterwards. One thread.
 *
 * <p>The changed box of a window, in luma samples of the picture, bounds everything that differs: a differing chroma
 * sample counts as the luma samples it lies on. How far a chroma sample reaches beyond them when it is interpolated is
 * for the reader to add, as is any halo. Boxes are tight after a comparison with {@link Tolerance#EXACT}; otherwise that
 * of a changed window is the whole window.
 */
public final class Changes {
    private static final byte UPDATED = WindowState.UPDATED.code();
    private static final byte COMPUTED = WindowState.COMPUTED.code();
    private static final int WHOLE = pack(0, 0, WindowGrid.WINDOW, WindowGrid.WINDOW);

    private final WindowGrid grid;
    private final int columns;
    private final byte[] states;
    private final int[] boxes;

    public Changes(WindowGrid grid) {
        this.grid = grid;
        columns = grid.columns();
        states = new byte[grid.windows()];
        boxes = new int[grid.windows()];
    }

    public WindowGrid grid() {
        return grid;
    }

    public WindowState state(int window) {
        return WindowState.of(states[window]);
    }

    public void state(int window, WindowState state) {
        states[window] = state.code();
    }

    /** First changed column. Like the other edges of the box only meaningful for a window that changed. */
    public int left(int window) {
        return window % columns * WindowGrid.WINDOW + (boxes[window] & 15);
    }

    /** First changed row. */
    public int top(int window) {
        return window / columns * WindowGrid.WINDOW + (boxes[window] >> 4 & 15);
    }

    /** Column after the last changed one. */
    public int right(int window) {
        int right = window % columns * WindowGrid.WINDOW + (boxes[window] >> 8 & 15);
        return Math.min(right, grid.width());
    }

    /** Row after the last changed one. */
    public int bottom(int window) {
        int bottom = window / columns * WindowGrid.WINDOW + (boxes[window] >> 12 & 15);
        return Math.min(bottom, grid.height());
    }

    void unchanged() {
        Arrays.fill(states, WindowState.UNCHANGED.code());
        Arrays.fill(boxes, 0);
    }

    /** One plane of a window differs; what other planes said before is kept where it is worse. */
    void changed(int window, boolean real) {
        byte state = real ? COMPUTED : UPDATED;
        states[window] = states[window] == COMPUTED ? COMPUTED : state;
        boxes[window] = WHOLE;
    }

    /** One plane of a window differs within {@code box}, or not at all (0). */
    void changedWithin(int window, int box) {
        if (box != 0) {
            states[window] = COMPUTED;
            boxes[window] = union(boxes[window], box);
        }
    }

    /** Whether nothing that another plane says could add to it. */
    boolean changedWhole(int window) {
        return boxes[window] == WHOLE;
    }

    /** A box in luma samples from the window's corner, its far edges exclusive. */
    static int pack(int left, int top, int right, int bottom) {
        return left | top << 4 | right << 8 | bottom << 12;
    }

    /** The smallest box around two, of which the first may be empty (0). */
    static int union(int box, int other) {
        if (box == 0) {
            return other;
        }
        return pack(
                Math.min(box & 15, other & 15),
                Math.min(box >> 4 & 15, other >> 4 & 15),
                Math.max(box >> 8 & 15, other >> 8 & 15),
                Math.max(box >> 12 & 15, other >> 12 & 15));
    }
}
