package io.upflux.pipeline;

import io.upflux.buffer.NativeScope;
import io.upflux.colour.TileWriter;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameGovernor.Turn;
import io.upflux.pipeline.StageTimes.Moment;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.SuperResolver.Traits;
import io.upflux.pipeline.Work.Ready;
import io.upflux.reuse.CellPlanner;
import io.upflux.reuse.Drift;
import io.upflux.reuse.FirstOrderUpdate;
import io.upflux.reuse.FramePlan;
import io.upflux.reuse.FramePlan.Extent;
import io.upflux.reuse.ReuseMode;
import io.upflux.reuse.ReusePlanner;
import io.upflux.reuse.WindowGrid;
import io.upflux.tile.SamplePlan;
import io.upflux.tile.TilePlan;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * What is one resolver's in the chain: how it cuts frames, the batches it works with, and what it keeps of the frames
 * that went this way. Frames that go another way meanwhile leave it as it is: what it kept stays true of the frame that
 * it was kept of. Each stage calls its method on its own thread.
 */
final class Route implements AutoCloseable {
    /** One gathering or waiting, one waiting, one composing; those in inference come on top. */
    private static final int SLOTS = 3;

    /** One gathering or waiting; those looked at come on top. */
    private static final int SAMPLE_SLOTS = 1;

    /** Bytes of luma of frames that wait for later ones: 16 of 1920x1080. */
    private static final long MOST_AHEAD = 1 << 25;

    private final SuperResolver resolver;
    private final FrameFormat from;
    private final FrameFormat to;
    private final Reports reports;
    private final TileShape shape;
    private final int align;
    private final int lanes;
    private final Semaphore free;
    private final TilePlan plan;
    private final int chromaReach;
    private final BatchSlots slots;
    private final BatchSlots sampleSlots;
    private final @Nullable CellTiles cellTiles;
    private final @Nullable CellSlots cellSlots;
    private final InferenceClock clock = new InferenceClock();
    private final double pixelSeconds;
    private final ReusePlanner planner;
    private final Composition composition;
    private final Drift drift = new Drift();
    private final PictureMemory memory;
    private final @Nullable Look look;
    private final Batching batching;
    private final Gather gather;
    private final Compose compose;
    private Mono<PictureContext> lastLook = Mono.just(PictureContext.NONE);

    /**
     * @param resolver not closed by this class
     * @param inference where the resolver may be called
     */
    Route(
            SuperResolver resolver,
            FrameFormat from,
            FrameFormat to,
            NativeScope scope,
            Reports reports,
            Scheduler inference) {
        this.resolver = resolver;
        this.from = from;
        this.to = to;
        this.reports = reports;
        Traits traits = resolver.traits();
        this.align = align(traits, from.layout(), to.layout());
        TileShape wanted = resolver.tileFor(from.width(), from.height());
        this.shape = new TileShape(
                wanted.batch(), TilePlan.roundUp(wanted.width(), align), TilePlan.roundUp(wanted.height(), align));
        this.chromaReach = to.layout().chromaShiftX() + to.layout().chromaShiftY() == 0
                ? 0
                : (TileWriter.REACH + traits.scale() - 1) / traits.scale();
        this.plan = plan(traits, from, shape, traits.halo() + chromaReach, align);
        this.cellTiles = cellTiles();
        this.pixelSeconds = cellTiles == null ? 0 : cells().pixelSeconds();
        this.memory = cellTiles == null ? PictureMemory.NONE : resolver.newMemory(plan.width(), plan.height());
        // What is kept from picture to picture makes them wait for each other.
        this.lanes = memory == PictureMemory.NONE ? resolver.lanes() : 1;
        this.free = new Semaphore(lanes);
        this.slots = new BatchSlots(() -> resolver.newBatch(shape), SLOTS + lanes);
        boolean whole = plan.tiles().size() == 1 && cellTiles == null;
        Optional<TileShape> samples = cellTiles != null
                ? Optional.ofNullable(cells().samples())
                : whole ? Optional.empty() : resolver.samples(from.width(), from.height());
        this.sampleSlots = new BatchSlots(() -> resolver.newSamples(samples.orElseThrow()), SAMPLE_SLOTS + lanes);
        this.cellSlots = cellTiles == null ? null : new CellSlots(resolver, cellTiles);
        this.planner = planner(scope);
        boolean adapts = planner.mode() == ReuseMode.NEAR;
        this.composition = new Composition(
                scope, adapts ? new FirstOrderUpdate(from, traits.scale()) : null, drift, traits.scale());
        this.look = samples.map(tiles -> look(tiles, inference)).orElse(null);
        this.batching = new Batching(plan, slots, shape.batch(), samples.isEmpty(), cellSlots, lookAhead());
        this.gather = new Gather(from, traits.channels(), reports.times());
        this.compose = new Compose(scope, from, to, traits, composition, reports);
    }

    /** Frames that wait for later ones; large ones have windows enough by themselves. */
    private int lookAhead() {
        long bytes = (long) from.width() * from.height() * from.layout().bytesPerSample();
        return (int) Math.max(1, Math.min(reports.lookAhead(), MOST_AHEAD / bytes));
    }

    /** Null where only whole frames are computed. */
    private @Nullable CellTiles cellTiles() {
        // Planes that the network does not compute are resized whole.
        boolean all = resolver.traits().channels() == 3 && !to.layout().alpha();
        return reports.mode() == ReuseMode.OFF || !all
                ? null
                : resolver.cells(plan.width(), plan.height())
                        .map(cells -> new CellTiles(
                                cells, plan, chromaReach, resolver.traits().halo(), align))
                        .orElse(null);
    }

    private ReusePlanner planner(NativeScope scope) {
        // Codes of other planes than the source's cannot follow its changes.
        boolean alike = from.layout().equals(to.layout())
                && from.colour().codesAs(to.colour(), from.height())
                && !to.layout().alpha();
        ReuseMode mode = reports.mode() == ReuseMode.NEAR && !alike ? ReuseMode.EXACT : reports.mode();
        CellPlanner cells =
                cellTiles == null ? null : new CellPlanner(WindowGrid.of(from), cells().sides(), cellTiles::cost);
        // Interpolated chroma weighs one sample more on each side.
        int chroma = Math.max(
                from.layout().chromaShiftX() > 0 ? 1 << from.layout().chromaShiftX() : 0,
                from.layout().chromaShiftY() > 0 ? 1 << from.layout().chromaShiftY() : 0);
        return new ReusePlanner(
                mode,
                from,
                scope,
                resolver.traits().halo() + chromaReach + chroma,
                cells,
                wholeCost(),
                cells != null && cells().depths(),
                drift);
    }

    private double wholeCost() {
        return (double) plan.tiles().size() * shape.width() * shape.height();
    }

    /** In pixels of a whole picture. */
    private double cost(FramePlan todo) {
        CellTiles squares = cellTiles;
        if (todo.extent() != Extent.CELLS || squares == null) {
            return todo.extent() == Extent.CELLS ? 0 : wholeCost();
        }
        return todo.cells().stream().mapToDouble(squares::cost).sum();
    }

    private SuperResolver.Cells cells() {
        return resolver.cells(plan.width(), plan.height()).orElseThrow();
    }

    private Look look(TileShape tiles, Scheduler inference) {
        SamplePlan spread =
                SamplePlan.spread(tiles.batch(), from.width(), from.height(), tiles.width(), tiles.height(), align);
        return new Look(resolver, sampleSlots, spread, tiles, from, inference, reports.times());
    }

    /** Whether the resolver must compute frames in their order. */
    boolean remembers() {
        return memory != PictureMemory.NONE;
    }

    /** How many pieces of work may be in inference at once. */
    int lanes() {
        return lanes;
    }

    /**
     * What is to be computed now that this frame has come.
     *
     * @param frame taken over
     * @param turn this resolver's
     */
    List<Work> add(VideoFrame frame, Turn turn) {
        Moment start = Moment.now();
        FramePlan todo = planner.plan(frame, turn.tolerance());
        reports.times().since(Stage.PLAN, start);
        if (look != null && todo.extent() == Extent.KEY) {
            lastLook = look.of(frame, turn.deadline());
        }
        return batching.add(new FrameJob(
                this, frame, todo, lastLook, turn.deadline(), batching.count(todo), cost(todo), pixelSeconds));
    }

    /** What is to be computed now that no more frames come. */
    List<Work> rest() {
        return batching.rest();
    }

    /** Fills the batches. */
    Ready gather(Work work) {
        return gather.apply(work);
    }

    /** Computes them, once a lane is free: another route may have more. */
    void upscale(Ready work, PictureContext context) {
        free.acquireUninterruptibly();
        Moment start = reports.times().enter(Stage.INFER);
        clock.begin(System.nanoTime());
        try {
            resolver.upscale(List.of(work.stroke(context, memory)));
        } finally {
            reports.times().leave(Stage.INFER, start);
            clock.end(work, System.nanoTime());
            free.release();
        }
    }

    /** Joins them to frames; those that are whole with it, each when it is asked for. */
    Iterable<VideoFrame> compose(Ready work) {
        return compose.apply(work);
    }

    /** Makes stages that wait for a slot give up. */
    void stop() {
        slots.stop();
        sampleSlots.stop();
        if (cellSlots != null) {
            cellSlots.stop();
        }
        drift.stop();
    }

    /** As {@link #stop}, and makes inference return soon. */
    void interrupt() {
        stop();
        resolver.interrupt();
    }

    /** To be called when no stage is at work any more. */
    @Override
    public void close() {
        slots.close();
        sampleSlots.close();
        if (cellSlots != null) {
            cellSlots.close();
        }
        memory.close();
        composition.close();
        planner.close();
    }

    private static TilePlan plan(Traits traits, FrameFormat from, TileShape shape, int halo, int align) {
        try {
            return TilePlan.cover(from.width(), from.height(), shape.width(), shape.height(), halo, align);
        } catch (IllegalArgumentException e) {
            throw new StreamException(
                    traits.name() + ": its tiles are too small for " + from.layout() + " pictures of " + from.width()
                            + "x" + from.height() + ": " + e.getMessage(),
                    e);
        }
    }

    /** Tiles must start on the network's grid and on the chroma grid of both sides. */
    private static int align(Traits traits, PixelLayout from, PixelLayout to) {
        int shift = Math.max(
                Math.max(from.chromaShiftX(), from.chromaShiftY()), Math.max(to.chromaShiftX(), to.chromaShiftY()));
        long chroma = 1L << shift;
        long both = new Rational(chroma, traits.align()).reduced().num() * traits.align();
        return Math.toIntExact(both);
    }
}
