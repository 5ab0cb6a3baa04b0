package io.upflux.pipeline;

import io.upflux.buffer.NativeScope;
import io.upflux.colour.TileWriter;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Upscales a stream of frames: {@code frames.transform(upscaler)}. Takes over the frames it receives; those it emits
 * belong to its subscriber. Nothing is dropped or reordered, and the result does not depend on timing.
 *
 * <p>Requesting and gathering, inference, and composing run on a thread each, with a hand-off of one batch between
 * them; a resolver with more than one lane infers as many batches at once. A resolver that must have seen the whole
 * picture looks at samples of each frame first, in one of its lanes, while the frame's tiles wait. One use: transform one
 * stream, then close.
 */
public final class FrameUpscaler implements Function<Flux<VideoFrame>, Flux<VideoFrame>>, AutoCloseable {
    /** One gathering or waiting, one waiting, one composing; those in inference come on top. */
    private static final int SLOTS = 3;

    /** One gathering or waiting; those looked at come on top. */
    private static final int SAMPLE_SLOTS = 1;

    /** Threads of a stage that waits this long are ended; they come back with the next batch. */
    private static final int IDLE_SECONDS = 60;

    /** Batches that wait at an asynchronous boundary. */
    private static final int HAND_OFF = 1;

    private final SuperResolver resolver;
    private final FrameFormat from;
    private final FrameFormat to;
    private final NativeScope scope;
    private final TileShape shape;
    private final int align;
    private final int lanes;
    private final TilePlan plan;
    private final Optional<TileShape> samples;
    private final int chromaReach;
    private final BatchSlots slots;
    private final BatchSlots sampleSlots;
    private final @Nullable CellSlots cellSlots;
    private final ReusePlanner planner;
    private final Composition composition;
    private final Drift drift = new Drift();
    private final PictureMemory memory;
    private final Reports reports;
    private final Scheduler decoding = Schedulers.newSingle("upflux-decode", true);
    private final Scheduler offering = Schedulers.newSingle("upflux-offer", true);
    private final Scheduler inference;
    private final Scheduler composing = Schedulers.newSingle("upflux-compose", true);

    /**
     * @param resolver not closed by this class
     * @param from format of the frames to come
     * @param to format to produce: the size must be {@link #upscaled}'s; layout and colour may differ
     * @param scope owner of the memory of the frames produced
     */
    public FrameUpscaler(SuperResolver resolver, FrameFormat from, FrameFormat to, NativeScope scope) {
        this(resolver, from, to, scope, new Reports(ReuseMode.OFF, new StageTimes(), map -> {}, map -> {}));
    }

    FrameUpscaler(SuperResolver resolver, FrameFormat from, FrameFormat to, NativeScope scope, Reports reports) {
        FrameFormat expected = upscaled(from, resolver);
        if (to.width() != expected.width() || to.height() != expected.height()) {
            throw new IllegalArgumentException("upscaled frames are " + expected.width() + "x" + expected.height()
                    + ", not " + to.width() + "x" + to.height());
        }
        Traits traits = resolver.traits();
        this.align = align(traits, from.layout(), to.layout());
        TileShape wanted = resolver.tileFor(from.width(), from.height());
        this.shape = new TileShape(
                wanted.batch(), TilePlan.roundUp(wanted.width(), align), TilePlan.roundUp(wanted.height(), align));
        this.chromaReach = to.layout().chromaShiftX() + to.layout().chromaShiftY() == 0
                ? 0
                : (TileWriter.REACH + traits.scale() - 1) / traits.scale();
        this.plan = plan(traits, from, shape, traits.halo() + chromaReach, align);
        this.resolver = resolver;
        this.from = from;
        this.to = to;
        this.scope = scope;
        this.reports = reports;
        CellTiles cellTiles = cellTiles();
        this.memory = cellTiles == null ? PictureMemory.NONE : resolver.newMemory(plan.width(), plan.height());
        // What is kept from picture to picture makes them wait for each other.
        this.lanes = memory == PictureMemory.NONE ? resolver.lanes() : 1;
        // One thread more than lanes: the one that has looked is still busy while it hands on to the tiles.
        this.inference = Schedulers.newBoundedElastic(lanes + 1, Integer.MAX_VALUE, "upflux-infer", IDLE_SECONDS, true);
        this.slots = new BatchSlots(() -> resolver.newBatch(shape), SLOTS + lanes);
        boolean whole = plan.tiles().size() == 1 && cellTiles == null;
        this.samples = whole ? Optional.empty() : resolver.samples(from.width(), from.height());
        this.sampleSlots = new BatchSlots(() -> resolver.newSamples(samples.orElseThrow()), SAMPLE_SLOTS + lanes);
        this.cellSlots = cellTiles == null ? null : new CellSlots(resolver, cellTiles);
        this.planner = planner(cellTiles);
        boolean adapts = planner.mode() == ReuseMode.NEAR;
        this.composition = new Composition(
                scope, adapts ? new FirstOrderUpdate(from, traits.scale()) : null, drift, traits.scale());
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

    private ReusePlanner planner(@Nullable CellTiles cellTiles) {
        // Codes of other planes than the source's cannot follow its changes.
        boolean alike = from.layout().equals(to.layout())
                && from.colour().codesAs(to.colour(), from.height())
                && !to.layout().alpha();
        ReuseMode mode = reports.mode() == ReuseMode.NEAR && !alike ? ReuseMode.EXACT : reports.mode();
        CellPlanner cells = cellTiles == null
                ? null
                : new CellPlanner(
                        WindowGrid.of(from),
                        resolver.cells(plan.width(), plan.height())
                                .orElseThrow()
                                .sides(),
                        cellTiles::cost);
        // Interpolated chroma weighs one sample more on each side.
        int chroma = Math.max(
                from.layout().chromaShiftX() > 0 ? 1 << from.layout().chromaShiftX() : 0,
                from.layout().chromaShiftY() > 0 ? 1 << from.layout().chromaShiftY() : 0);
        double full = (double) plan.tiles().size() * shape.width() * shape.height();
        return new ReusePlanner(mode, from, scope, resolver.traits().halo() + chromaReach + chroma, cells, full, drift);
    }

    /** {@code from} enlarged by the resolver's scale: what it produces unless asked for another layout. */
    public static FrameFormat upscaled(FrameFormat from, SuperResolver resolver) {
        int scale = resolver.traits().scale();
        long width = (long) from.width() * scale;
        long height = (long) from.height() * scale;
        // All planes of a frame lie in one buffer, whose size is an int; 8 covers 4:4:4 with alpha in 16 bits.
        if (8 * width * height > Integer.MAX_VALUE) {
            throw new StreamException(resolver.traits().name() + ": a picture of " + width + "x" + height
                    + " is too large; choose a smaller scale");
        }
        return from.withSize((int) width, (int) height);
    }

    @Override
    public Flux<VideoFrame> apply(Flux<VideoFrame> frames) {
        return whole(frames).flatMapIterable(list -> list, HAND_OFF);
    }

    /** The frames that each stroke of work made whole, always on the compose thread. */
    Flux<List<VideoFrame>> whole(Flux<VideoFrame> frames) {
        Traits traits = resolver.traits();
        Batching batching = new Batching(plan, slots, shape.batch(), samples.isEmpty(), cellSlots, reports.lookAhead());
        Gather gather = new Gather(from, traits.channels(), reports.times());
        Compose compose = new Compose(scope, from, to, traits, composition, reports);
        // hide(): a fused operator would run its mapper on whichever thread requests.
        return batching.apply(frames.map(job(batching)))
                .map(gather)
                .subscribeOn(decoding)
                .publishOn(offering, false, HAND_OFF)
                .flatMapSequential(this::infer, lanes, HAND_OFF)
                .publishOn(composing, false, HAND_OFF)
                .hide()
                .map(compose);
    }

    private Function<VideoFrame, FrameJob> job(Batching batching) {
        Function<VideoFrame, Mono<PictureContext>> look =
                samples.isEmpty() ? frame -> Mono.just(PictureContext.NONE) : look(samples.get());
        LastLook last = new LastLook();
        return frame -> {
            long start = System.nanoTime();
            FramePlan todo = planner.plan(frame);
            reports.times().since(Stage.PLAN, start);
            if (todo.extent() == Extent.KEY) {
                last.context = look.apply(frame);
            }
            return new FrameJob(frame, todo, last.context, batching.count(todo));
        };
    }

    /** What was seen of the last key frame. */
    private static final class LastLook {
        private Mono<PictureContext> context = Mono.just(PictureContext.NONE);
    }

    private Look look(TileShape tiles) {
        SamplePlan spread =
                SamplePlan.spread(tiles.batch(), from.width(), from.height(), tiles.width(), tiles.height(), align);
        return new Look(resolver, sampleSlots, spread, tiles, from, inference, reports.times());
    }

    /** The tiles of a stroke once their context is there; looking comes first, so it never waits for tiles. */
    private Mono<Ready> infer(Ready work) {
        return work.context().publishOn(inference).map(context -> upscale(work, context));
    }

    private Ready upscale(Ready work, PictureContext context) {
        reports.times().enter(Stage.INFER);
        try {
            resolver.upscale(work.placed(), context, memory);
        } finally {
            reports.times().leave(Stage.INFER);
        }
        return work;
    }

    /** Makes stages that wait for a slot give up; for a stream that was cancelled. */
    void interrupt() {
        slots.stop();
        sampleSlots.stop();
        if (cellSlots != null) {
            cellSlots.stop();
        }
        drift.stop();
        resolver.interrupt();
    }

    /** Waits for the stages to return and frees the batches. */
    @Override
    public void close() {
        slots.stop();
        sampleSlots.stop();
        if (cellSlots != null) {
            cellSlots.stop();
        }
        drift.stop();
        Shutdown.await(decoding);
        Shutdown.await(offering);
        Shutdown.await(inference);
        Shutdown.await(composing);
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
