package io.upflux.reuse;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;

/**
 * Compares a decoded picture with a reference, window by window and in all planes, alpha included.
 *
 * <p>The reference holds, in each window, the samples that the window's result was computed from. It is not the previous
 * picture: measured against that, slow drift would never be seen and errors would add up. Thread-safe, and free of state:
 * equal pictures give equal answers.
 */
public final class ChangeDetector {
    private final FrameFormat format;
    private final WindowGrid grid;
    private final PlaneWindows[] windows;

    public ChangeDetector(FrameFormat format) {
        this.format = format;
        grid = WindowGrid.of(format);
        windows = new PlaneWindows[format.layout().planes()];
        for (int p = 0; p < windows.length; p++) {
            windows[p] = new PlaneWindows(format, p);
        }
    }

    public WindowGrid grid() {
        return grid;
    }

    /**
     * Says of every window whether it is {@link WindowState#UNCHANGED}, {@link WindowState#UPDATED} (within the tolerance
     * in every plane, and the tolerance is not exact) or {@link WindowState#COMPUTED}.
     *
     * @param frame borrowed
     * @param reference borrowed; of the same size and layout
     * @param changes receives the answer
     */
    public void compare(VideoFrame frame, VideoFrame reference, Tolerance tolerance, Changes changes) {
        require(frame);
        require(reference);
        if (!changes.grid().equals(grid)) {
            throw new IllegalArgumentException("changes of " + changes.grid() + " cannot hold those of " + grid);
        }
        RowPair[] rows = new RowPair[windows.length];
        for (int p = 0; p < rows.length; p++) {
            rows[p] = new RowPair(frame.plane(p), reference.plane(p), windows[p]);
        }
        changes.unchanged();
        if (tolerance.isExact()) {
            bound(rows, changes);
        } else {
            measure(rows, tolerance, changes);
        }
    }

    private void require(VideoFrame frame) {
        FrameFormat other = frame.format();
        if (other.width() != format.width()
                || other.height() != format.height()
                || !other.layout().equals(format.layout())) {
            throw new IllegalArgumentException("cannot compare " + other.layout() + " of " + other.width() + "x"
                    + other.height() + " where " + format.layout() + " of " + format.width() + "x" + format.height()
                    + " is expected");
        }
    }

    private void bound(RowPair[] rows, Changes changes) {
        int columns = grid.columns();
        for (int p = 0; p < rows.length; p++) {
            DifferenceBoxes boxes = new DifferenceBoxes(windows[p], rows[p]);
            for (int row = 0; row < grid.rows(); row++) {
                if (boxes.compare(row)) {
                    for (int column = 0; column < columns; column++) {
                        int window = row * columns + column;
                        if (!changes.changedWhole(window)) {
                            changes.changedWithin(window, boxes.box(column));
                        }
                    }
                }
            }
        }
    }

    private void measure(RowPair[] rows, Tolerance tolerance, Changes changes) {
        int depth = format.layout().depth();
        Lanes lanes = Lanes.of(format.layout().bytesPerSample());
        long[] sumLimits = tolerance.sumLimits(depth);
        for (int p = 0; p < rows.length; p++) {
            DifferenceSums sums = new DifferenceSums(windows[p], rows[p], lanes, tolerance.sampleLimit(depth));
            for (int row = 0; row < grid.rows(); row++) {
                if (sums.measure(row)) {
                    int last = grid.columns() - 1;
                    judge(sums, row, 0, last, windows[p].samples(0, row), sumLimits, changes);
                    judge(sums, row, last, last + 1, windows[p].samples(last, row), sumLimits, changes);
                }
            }
        }
    }

    /** Windows of as many samples each, in the row of windows measured last. */
    private void judge(DifferenceSums sums, int row, int from, int to, int samples, long[] sumLimits, Changes changes) {
        long limit = sumLimits[samples];
        long[] totals = sums.totals();
        for (int column = from; column < to; column++) {
            long sum = totals[column];
            if (sum != 0) {
                boolean real = sum > limit || sums.beyond(column);
                changes.changed(row * grid.columns() + column, real);
            }
        }
    }
}
