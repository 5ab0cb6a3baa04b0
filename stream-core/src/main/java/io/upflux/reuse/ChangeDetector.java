package io.upflux.reuse;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import java.util.Arrays;

/**
 * Compares a decoded picture with a reference, window by window and in all planes, alpha included.
 *
 * <p>The reference holds, in each window, the samples that the window's result was computed from. It is not the previous
 * picture: measured against that, slow drift would never be seen and errors would add up. Not thread-safe, and free of
 * state: equal pictures give equal answers.
 */
public final class ChangeDetector {
    private final FrameFormat format;
    private final WindowGrid grid;
    private final Lanes lanes;
    private final boolean[] marks;
    private final boolean[] all;

    public ChangeDetector(FrameFormat format) {
        this.format = format;
        grid = WindowGrid.of(format);
        lanes = Lanes.of(format.layout().bytesPerSample());
        marks = new boolean[grid.columns()];
        all = new boolean[grid.columns()];
        Arrays.fill(all, true);
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
        PlanePair[] planes = pairs(frame, reference);
        if (!changes.grid().equals(grid)) {
            throw new IllegalArgumentException("changes of " + changes.grid() + " cannot hold those of " + grid);
        }
        Limits limits = new Limits(tolerance);
        int columns = grid.columns();
        int changedAbove = 0;
        for (int row = 0; row < grid.rows(); row++) {
            changes.unchanged(row * columns, columns);
            // Where nearly everything changes, looking for what did not costs more than it saves.
            boolean[] suspects = all;
            if (changedAbove <= columns - (columns >> 3)) {
                Arrays.fill(marks, false);
                for (PlanePair plane : planes) {
                    plane.mark(row, marks);
                }
                suspects = marks;
            }
            changedAbove = 0;
            for (int column = 0; column < columns; column++) {
                if (suspects[column]) {
                    boolean changed = tolerance.isExact()
                            ? bound(planes, column, row, changes)
                            : measure(planes, column, row, limits, changes);
                    changedAbove += changed ? 1 : 0;
                }
            }
        }
    }

    private PlanePair[] pairs(VideoFrame frame, VideoFrame reference) {
        require(frame);
        require(reference);
        PlanePair[] planes = new PlanePair[format.layout().planes()];
        for (int p = 0; p < planes.length; p++) {
            planes[p] = new PlanePair(frame, reference, p);
        }
        return planes;
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

    private boolean bound(PlanePair[] planes, int column, int row, Changes changes) {
        int box = 0;
        for (PlanePair plane : planes) {
            box = plane.widen(box, column, row);
        }
        if (box == 0) {
            return false;
        }
        changes.changedWithin(row * grid.columns() + column, box);
        return true;
    }

    private boolean measure(PlanePair[] planes, int column, int row, Limits limits, Changes changes) {
        int window = row * grid.columns() + column;
        float worst = 0;
        for (PlanePair plane : planes) {
            int samples = plane.samples(column, row);
            long sum = plane.difference(column, row, lanes, limits.lanes, limits.sum(samples));
            if (sum < 0) {
                changes.changed(window, WindowState.COMPUTED, limits.mean(~sum, samples));
                return true;
            }
            worst = Math.max(worst, limits.mean(sum, samples));
        }
        if (worst == 0) {
            return false;
        }
        changes.changed(window, WindowState.UPDATED, worst);
        return true;
    }

    /** A tolerance in the codes of this depth. */
    private final class Limits {
        private final long[] sums = new long[WindowGrid.WINDOW * WindowGrid.WINDOW + 1];
        private final float scale = 1f / (1 << (format.layout().depth() - 8));
        private final long lanes;

        Limits(Tolerance tolerance) {
            int depth = format.layout().depth();
            lanes = ChangeDetector.this.lanes.limit(tolerance.sampleLimit(depth));
            for (int samples = 0; samples < sums.length; samples++) {
                sums[samples] = tolerance.sumLimit(depth, samples);
            }
        }

        long sum(int samples) {
            return sums[samples];
        }

        float mean(long sum, int samples) {
            return sum * scale / samples;
        }
    }
}
