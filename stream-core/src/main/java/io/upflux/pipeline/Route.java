package io.upflux.pipeline;

import io.upflux.buffer.Closer;
import io.upflux.buffer.NativeScope;
import io.upflux.colour.TileReader;
import io.upflux.colour.TileWriter;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.BatchPool.Kind;
import io.upflux.pipeline.BatchPool.Use;
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
import io.upflux.tile.BatchSizes;
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
final class Route {
    /** Strokes of work: one gathering or waiting, one waiting, one composing; those in inference come on top. */
    private static final int STROKES = 3;

    /** Frames of which samples are gathered or wait; those looked at come on top. */
    private static final int SAMPLED = 1;

    /** Bytes of luma of frames that wait for later ones: 16 of 1920x1080. */
    private static final long MOST_AHEAD = 1 << 25;

    private final SuperResolver resolver;
    private final FrameFormat from;
    private final FrameFormat to;
    private final ReuseSettings reuse;
    private final Reports reports;
    private final TileShape shape;
    private final int align;
    private final int lanes;
    private final Semaphore free;
    private final TilePlan plan;
    private final int halo;
    private final int chromaReach;
    private final Slots strokes;
    private final Slots looks;
    private final BatchPool pool;
    private final @Nullable CellTiles cellTiles;
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
     * @param owned receives what is to be closed when no stage is at work any more
     */
    Route(
            SuperResolver resolver,
            FrameFormat from,
            FrameFormat to,
            NativeScope scope,
            ReuseSettings reuse,
            Reports reports,
            Scheduler inference,
            Closer owned) {
        this.resolver = resolver;
        this.from = from;
        this.to = to;
        this.reuse = reuse;
        this.reports = reports;
        Traits traits = resolver.traits();
        this.align = align(traits, from.layout(), to.layout());
        TileShape wanted = resolver.tileFor(from.width(), from.height());
        this.shape = new TileShape(
                wanted.batch(), TilePlan.roundUp(wanted.width(), align), TilePlan.roundUp(wanted.height(), align));
        this.chromaReach = TileWriter.reach(to.layout(), traits.scale());
        int wider = traits.halo() + TileReader.reach(from.layout());
        boolean planes = TilePlan.leavesCore(
                        from.width(), from.height(), shape.width(), shape.height(), wider + chromaReach, align)
                && resolver.takesPlanes(from, to);
        this.halo = planes ? wider : traits.halo();
        this.plan = plan(traits, from, shape, halo + chromaReach, align);
        this.cellTiles = cellTiles();
        this.pixelSeconds = cellTiles == null ? 0 : cells().pixelSeconds();
        this.memory =
                cellTiles == null ? PictureMemory.NONE : owned.own(resolver.newMemory(plan.width(), plan.height()));
        // What is kept from picture to picture makes them wait for each other.
        this.lanes = memory == PictureMemory.NONE ? resolver.lanes() : 1;
        this.free = new Semaphore(lanes);
        this.strokes = new Slots(STROKES + lanes);
        this.looks = new Slots(SAMPLED + lanes);
        Kind whole = new Kind(Use.TILES, shape);
        // What strokes of usual size hold is kept for the next ones.
        long most = (STROKES + lanes) * Math.max(whole.pixels(), BatchSizes.CELLS.pixels());
        this.pool = owned.own(new BatchPool(
                resolver, planes ? tiles -> resolver.newBatch(tiles, from, to) : resolver::newBatch, most));
        boolean oneTile = plan.tiles().size() == 1 && cellTiles == null;
        Optional<TileShape> samples = cellTiles != null
                ? Optional.ofNullable(cells().samples())
                : oneTile ? Optional.empty() : resolver.samples(from.width(), from.height());
        this.planner = owned.own(planner(scope));
        boolean adapts = planner.mode() == ReuseMode.NEAR;
        this.composition = owned.own(new Composition(
                scope, adapts ? new FirstOrderUpdate(from, traits.scale()) : null, drift, traits.scale()));
        this.look = samples.map(tiles -> look(tiles, inference)).orElse(null);
        CellParts cellParts = cellTiles == null ? null : new CellParts(cellTiles);
        this.batching = new Batching(plan, whole, samples.isEmpty(), cellParts, lookAhead());
        this.gather = new Gather(from, traits.channels(), pool, reports.times());
        this.compose = new Compose(scope, from, to, traits, composition, reuse.mode(), reports, guard(scope));
    }

    private @Nullable OutputGuard guard(NativeScope scope) {
        Flaws flaws = reports.flaws();
        return flaws == null ? null : new OutputGuard(flaws, resolver, plan, from, to, scope);
    }

    /** Frames that wait for later ones; large ones have windows enough by themselves. */
    private int lookAhead() {
        long bytes = (long) from.width() * from.height() * from.layout().bytesPerSample();
        return (int) Math.max(1, Math.min(reuse.lookAhead(), MOST_AHEAD / bytes));
    }

    /** Null where only whole frames are computed. */
    private @Nullable CellTiles cellTiles() {
        // Planes that the network does not compute are resized whole.
        boolean all = resolver.traits().channels() == 3 && !to.layout().alpha();
        return reuse.mode() == ReuseMode.OFF || !all
                ? null
                : resolver.cells(plan.width(), plan.height())
                        .map(cells -> new CellTiles(cells, plan, chromaReach, halo, align))
                        .orElse(null);
    }

    private ReusePlanner planner(NativeScope scope) {
        // Codes of other planes than the source's cannot follow its changes.
        boolean alike = from.layout().equals(to.layout())
                && from.colour().codesAs(to.colour(), from.height())
                && !to.layout().alpha();
        ReuseMode mode = reuse.mode() == ReuseMode.NEAR && !alike ? ReuseMode.EXACT : reuse.mode();
        CellPlanner cells =
                cellTiles == null ? null : new CellPlanner(WindowGrid.of(from), cells().sides(), cellTiles::cost);
        return new ReusePlanner(
                mode,
                from,
                scope,
                resolver.traits().halo() + chromaReach + TileReader.reach(from.layout()),
                cells,
                wholeCost(),
                cells == null ? 0 : cells().opening(),
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
        return new Look(resolver, pool, looks, spread, tiles, from, inference, reports.times());
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

    /** Fills the batches, once there is room for one more stroke of work. */
    Ready gather(Work work) {
        strokes.acquire();
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

    /** Takes its batches back once all of its frames are composed. */
    void release(Ready work) {
        work.parts().forEach(part -> pool.give(part.kind(), part.batch()));
        strokes.release();
    }

    /** Makes stages that wait for a slot give up. */
    void stop() {
        strokes.stop();
        looks.stop();
        drift.stop();
    }

    /** As {@link #stop}, and makes inference return soon. */
    void interrupt() {
        stop();
        resolver.interrupt();
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
