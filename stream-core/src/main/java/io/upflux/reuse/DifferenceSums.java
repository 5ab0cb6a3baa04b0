package io.upflux.reuse;

import java.util.Arrays;

/** How much the windows of one row of windows differ in one plane. */
final class DifferenceSums {
    private final PlaneWindows windows;
    private final RowPair rows;
    private final Lanes lanes;
    private final int limit;
    private final long[] differences;
    private final long[] sums;
    private final long[] beyond;
    private final long[] totals;

    /** @param limit greatest difference of a sample that is not {@link #beyond} */
    DifferenceSums(PlaneWindows windows, RowPair rows, Lanes lanes, int limit) {
        this.windows = windows;
        this.rows = rows;
        this.lanes = lanes;
        this.limit = limit;
        differences = new long[windows.words()];
        sums = new long[windows.words()];
        beyond = new long[windows.words()];
        totals = new long[windows.columns()];
    }

    /** Measures a row of windows; false when nothing differs. */
    boolean measure(int windowRow) {
        boolean any = false;
        int start = windows.firstRow(windowRow);
        for (int y = start; y < start + windows.rows(windowRow); y++) {
            int from = rows.read(y);
            if (from >= 0) {
                if (!any) {
                    Arrays.fill(sums, 0);
                    Arrays.fill(beyond, 0);
                    any = true;
                }
                lanes.differences(rows.first(), rows.second(), from, sums.length, differences);
                lanes.addPairs(differences, from, sums.length, sums);
                lanes.markBeyond(differences, from, sums.length, limit, beyond);
            }
        }
        if (any) {
            windows.total(sums, lanes, totals);
        }
        return any;
    }

    /** Sums of absolute differences of the windows of the row measured last, in order. */
    long[] totals() {
        return totals;
    }

    /** Whether a sample of the window differs by more than the limit. */
    boolean beyond(int column) {
        return (windows.word(beyond, column) | windows.secondWord(beyond, column)) != 0;
    }
}
