package io.upflux.reuse;

import java.util.Arrays;

/** Where the windows of one row of windows differ in one plane. */
final class DifferenceBoxes {
    private final PlaneWindows windows;
    private final RowPair rows;
    private final long[][] unlike;
    private final long[] any;

    DifferenceBoxes(PlaneWindows windows, RowPair rows) {
        this.windows = windows;
        this.rows = rows;
        unlike = new long[windows.side()][windows.words()];
        any = new long[windows.words()];
    }

    /** Compares a row of windows; false when nothing differs. */
    boolean compare(int windowRow) {
        boolean differs = false;
        Arrays.fill(any, 0);
        for (int y = 0; y < unlike.length; y++) {
            int from = y < windows.rows(windowRow) ? rows.read(windows.firstRow(windowRow) + y) : -1;
            Arrays.fill(unlike[y], 0, from < 0 ? any.length : from, 0);
            if (from >= 0) {
                exclusiveOr(rows.first(), rows.second(), from, unlike[y]);
                or(unlike[y], from, any);
                differs = true;
            }
        }
        return differs;
    }

    private static void exclusiveOr(long[] x, long[] y, int from, long[] to) {
        for (int i = from; i < to.length; i++) {
            to[i] = x[i] ^ y[i];
        }
    }

    private static void or(long[] x, int from, long[] to) {
        for (int i = from; i < to.length; i++) {
            to[i] |= x[i];
        }
    }

    /** The box around the differences in a window of the row compared last ({@link Changes#pack}), 0 when there are none. */
    int box(int column) {
        long word = windows.word(any, column);
        long second = windows.secondWord(any, column);
        if ((word | second) == 0) {
            return 0;
        }
        int top = 0;
        while (isEmpty(top, column)) {
            top++;
        }
        int bottom = unlike.length;
        while (isEmpty(bottom - 1, column)) {
            bottom--;
        }
        return windows.box(word, second, top, bottom);
    }

    private boolean isEmpty(int y, int column) {
        return (windows.word(unlike[y], column) | windows.secondWord(unlike[y], column)) == 0;
    }
}
