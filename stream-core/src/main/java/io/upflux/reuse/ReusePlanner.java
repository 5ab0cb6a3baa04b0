package io.upflux.reuse;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.reuse.CellPlanner.Cover;
import io.upflux.reuse.FramePlan.Extent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides for each picture of a stream, in order, which windows are kept, adapted and computed. Depends on nothing but
 * the pictures since the first, so equal streams get equal plans. One thread.
 *
 * <p>In {@link ReuseMode#EXACT} a window is computed when anything has changed that its result depends on. In {@link
 * ReuseMode#NEAR} it is computed when it has really changed, when a neighbour's change spills over, and now and then
 * while it is only adapted, each at a time of its own.
 */
public final class ReusePlanner implements AutoCloseable {
    /** The whole picture is computed unless cells promise to cost less than this share of it. */
    private static final double WORTH = 0.85;

    /** Adapted windows are computed at least once in so many pictures. */
    private static final int REFRESH = 64;

    /** Pictures after which a picture that is computed whole is looked at again. */
    private static final int LOOK_AGAIN = 32;

    /** One in so many adapted windows is computed to see how far off it would be. */
    private static final int PROBES = 512;

    private final ReuseMode mode;
    private final int reach;
    private final @Nullable CellPlanner cells;
    private final double fullCost;
    private final double opening;
    private final WindowGrid grid;
    private final ChangeDetector detector;
    private final Changes changes;
    private final Spill spill;
    private final NoiseEstimate noise;
    private final SceneCut cuts;
    private final @Nullable VideoFrame reference;
    private final @Nullable BlockMatch match;
    private final Origins origins;
    private final Drift drift;
    private final BitSet all = new BitSet();
    private final List<Integer> probes = new ArrayList<>();
    private long pictures;
    private long lastKey;
    private double forgone;
    private boolean closed;

    /**
     * @param format of the pictures
     * @param scope owner of the reference's memory
     * @param reach LR pixels of luma around a window that its result depends on
     * @param cells null where only whole pictures can be computed
     * @param fullCost of a whole picture, in the unit of the cells'
     * @param opening what it costs to get ready for cells once, in the same unit
     * @param depths whether the network keeps how deep windows went, and so must know where their content came from
     * @param drift told of each picture when it is composed
     */
    public ReusePlanner(
            ReuseMode mode,
            FrameFormat format,
            NativeScope scope,
            int reach,
            @Nullable CellPlanner cells,
            double fullCost,
            double opening,
            boolean depths,
            Drift drift) {
        this.drift = drift;
        this.mode = mode;
        this.reach = reach;
        this.cells = cells;
        this.fullCost = fullCost;
        this.opening = opening;
        this.grid = WindowGrid.of(format);
        this.detector = new ChangeDetector(format);
        this.changes = new Changes(grid);
        this.spill = new Spill(grid, format.layout());
        this.noise = new NoiseEstimate(format);
        this.cuts = new SceneCut(format);
        this.reference = mode == ReuseMode.OFF ? null : scope.frame(format, VideoFrame.NO_PTS, 0);
        this.match = depths && mode != ReuseMode.OFF ? new BlockMatch(format) : null;
        this.origins = new Origins(grid);
        this.all.set(0, grid.windows());
    }

    public ReuseMode mode() {
        return mode;
    }

    /**
     * @param frame borrowed
     * @param allowance how many times the usual difference counts as small in {@link ReuseMode#NEAR}
     */
    public FramePlan plan(VideoFrame frame, double allowance) {
        pictures++;
        probes.clear();
        VideoFrame then = reference;
        if (then == null) {
            return whole(frame, Extent.KEY, WindowState.COMPUTED);
        }
        if (mode == ReuseMode.NEAR) {
            noise.next(frame);
        }
        if (cuts.next(frame) || pictures == 1) {
            return whole(frame, Extent.KEY, WindowState.NEW);
        }
        detector.compare(frame, then, tolerance(allowance), changes);
        BitSet wanted = mode == ReuseMode.EXACT ? withinReach() : spilledOver(frame, then);
        if (wanted.isEmpty()) {
            return new FramePlan(Extent.CELLS, List.of(), map(frame), origins(frame, wanted), List.of());
        }
        Cover cover = cells == null ? new Cover(List.of(), Double.POSITIVE_INFINITY) : cells.cover(wanted);
        if (cover.cost() >= WORTH * fullCost || !opened(WORTH * fullCost - cover.cost())) {
            // Where all is computed, what was seen of the picture may change, too.
            boolean old = pictures - lastKey >= LOOK_AGAIN;
            return whole(frame, old ? Extent.KEY : Extent.FULL, WindowState.COMPUTED);
        }
        BitSet computed = new BitSet(grid.windows());
        for (Cell cell : cover.cells()) {
            mark(computed, cell.x(), cell.y(), cell.x() + cell.side(), cell.y() + cell.side());
        }
        computed.stream().forEach(window -> changes.state(window, WindowState.COMPUTED));
        WindowCopy.copy(frame, computed, then);
        return new FramePlan(Extent.CELLS, cover.cells(), map(frame), origins(frame, computed), List.copyOf(probes));
    }

    /**
     * Whether cells have been worth getting ready for: once they would have saved as much as that costs. So what is lost by
     * it, should the stream end soon, is no more than what it has cost already (ski rental).
     */
    private boolean opened(double saving) {
        if (forgone < opening) {
            forgone += saving;
        }
        return forgone >= opening;
    }

    private FramePlan whole(VideoFrame frame, Extent extent, WindowState state) {
        lastKey = extent == Extent.KEY ? pictures : lastKey;
        if (reference != null) {
            WindowCopy.copy(frame, all, reference);
        }
        byte[] states = new byte[grid.windows()];
        Arrays.fill(states, state.code());
        Origins known = origins(frame, extent == Extent.KEY ? new BitSet() : all);
        boolean anew = known != null && extent == Extent.KEY;
        return new FramePlan(
                extent,
                List.of(),
                new ReuseMap(frame.pts(), grid, states),
                anew ? Origins.unknown(grid) : known,
                List.of());
    }

    /** Where the content of windows to be computed came from; of each picture, so that the next one can be compared with it. */
    private @Nullable Origins origins(VideoFrame frame, BitSet computed) {
        if (match == null) {
            return null;
        }
        match.next(frame, computed, origins);
        return origins.copy();
    }

    /** Windows that depend on anything that has changed. */
    private BitSet withinReach() {
        BitSet wanted = new BitSet(grid.windows());
        for (int window = 0; window < grid.windows(); window++) {
            if (changes.state(window) != WindowState.UNCHANGED) {
                mark(
                        wanted,
                        changes.left(window) - reach,
                        changes.top(window) - reach,
                        changes.right(window) + reach,
                        changes.bottom(window) + reach);
            }
        }
        return wanted;
    }

    /** Windows that have really changed, those that are touched by it, and those whose turn it is. */
    private BitSet spilledOver(VideoFrame frame, VideoFrame then) {
        BitSet wanted = new BitSet(grid.windows());
        for (int window = 0; window < grid.windows(); window++) {
            switch (changes.state(window)) {
                case UNCHANGED -> {}
                case UPDATED -> {
                    boolean probe = mix(frame.pts(), window) % PROBES == 0;
                    if (probe) {
                        probes.add(window);
                    }
                    if (probe || (pictures + turn(window)) % REFRESH == 0) {
                        wanted.set(window);
                    }
                }
                default -> {
                    wanted.set(window);
                    spill(frame, then, window, wanted);
                }
            }
        }
        return wanted;
    }

    private void spill(VideoFrame frame, VideoFrame then, int window, BitSet wanted) {
        int column = window % grid.columns();
        int row = window / grid.columns();
        for (int j = Math.max(0, row - 1); j <= Math.min(grid.rows() - 1, row + 1); j++) {
            for (int i = Math.max(0, column - 1); i <= Math.min(grid.columns() - 1, column + 1); i++) {
                int neighbour = j * grid.columns() + i;
                if (!wanted.get(neighbour)
                        && changes.state(neighbour) != WindowState.COMPUTED
                        && spill.reaches(frame, then, window, i - column, j - row)) {
                    wanted.set(neighbour);
                }
            }
        }
    }

    private Tolerance tolerance(double allowance) {
        if (mode == ReuseMode.EXACT) {
            return Tolerance.EXACT;
        }
        drift.allow(allowance);
        double scale = allowance * drift.scale(pictures);
        Tolerance whole = noise.tolerance();
        return new Tolerance(scale * whole.mean(), scale * whole.max());
    }

    /** The same for the same picture and window, without any pattern; not negative. */
    private static int mix(long pts, int window) {
        long mixed = (pts * 0x9E3779B97F4A7C15L) ^ (window * 0xC2B2AE3D27D4EB4FL);
        mixed = (mixed ^ mixed >>> 29) * 0xBF58476D1CE4E5B9L;
        return (int) (mixed >>> 33);
    }

    /** Four windows of a square have their turn together, squares far from each other. */
    private int turn(int window) {
        int square = window / grid.columns() / 2 * grid.columns() + window % grid.columns() / 2;
        return (square * 0x9E3779B1 >>> 16) % REFRESH;
    }

    /** Windows that have any pixel between these edges, the last two exclusive. */
    private void mark(BitSet windows, int left, int top, int right, int bottom) {
        int first = Math.max(0, left) / WindowGrid.WINDOW;
        int end = Math.min(grid.columns(), (right + WindowGrid.WINDOW - 1) / WindowGrid.WINDOW);
        int last = Math.min(grid.rows(), (bottom + WindowGrid.WINDOW - 1) / WindowGrid.WINDOW);
        for (int row = Math.max(0, top) / WindowGrid.WINDOW; row < last; row++) {
            windows.set(row * grid.columns() + first, row * grid.columns() + end);
        }
    }

    private ReuseMap map(VideoFrame frame) {
        byte[] states = new byte[grid.windows()];
        for (int window = 0; window < states.length; window++) {
            states[window] = changes.state(window).code();
        }
        return new ReuseMap(frame.pts(), grid, states);
    }

    @Override
    public void close() {
        if (!closed && reference != null) {
            closed = true;
            reference.close();
        }
    }
}
