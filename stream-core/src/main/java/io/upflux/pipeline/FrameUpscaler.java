package io.upflux.pipeline;

import io.upflux.buffer.Closer;
import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameGovernor.Turn;
import io.upflux.pipeline.Work.Ready;
import io.upflux.reuse.ReuseMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

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
    /** Batches that wait at an asynchronous boundary. */
    private static final int HAND_OFF = 1;

    private final FrameGovernor governor;
    private final Map<SuperResolver, Route> routes = new IdentityHashMap<>();
    private final Closer owned = new Closer();
    private final int lanes;
    private final StageThreads threads = new StageThreads();
    private final Scheduler decoding = threads.single("upflux-decode");
    private final Scheduler offering = threads.single("upflux-offer");
    private final Scheduler inference;
    private final Scheduler composing = threads.single("upflux-compose");

    /**
     * @param resolver not closed by this class
     * @param from format of the frames to come
     * @param to format to produce: the size must be {@link #upscaled}'s; layout and colour may differ
     * @param scope owner of the memory of the frames produced
     */
    public FrameUpscaler(SuperResolver resolver, FrameFormat from, FrameFormat to, NativeScope scope) {
        this(FrameGovernor.always(resolver), from, to, scope, new ReuseSettings(ReuseMode.OFF), Reports.unheard());
    }

    FrameUpscaler(
            FrameGovernor governor,
            FrameFormat from,
            FrameFormat to,
            NativeScope scope,
            ReuseSettings reuse,
            Reports reports) {
        this.governor = governor;
        List<SuperResolver> resolvers = governor.resolvers();
        for (SuperResolver resolver : resolvers) {
            FrameFormat expected = upscaled(from, resolver);
            if (to.width() != expected.width() || to.height() != expected.height()) {
                throw new IllegalArgumentException("upscaled frames are " + expected.width() + "x" + expected.height()
                        + ", not " + to.width() + "x" + to.height());
            }
        }
        int most = resolvers.stream().mapToInt(SuperResolver::lanes).max().orElse(1);
        // One thread more than lanes: the one that has looked is still busy while it hands on to the tiles.
        this.inference = threads.several(most + 1, "upflux-infer");
        try {
            for (SuperResolver resolver : resolvers) {
                routes.put(resolver, new Route(resolver, from, to, scope, reuse, reports, inference, owned));
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            close();
            throw e;
        }
        Collection<Route> all = routes.values();
        this.lanes = all.stream().anyMatch(Route::remembers)
                ? 1
                : all.stream().mapToInt(Route::lanes).max().orElse(1);
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
        // Composed on the compose thread, and not on whichever requests.
        return whole(frames).map(FrameUpscaler::list).takeUntilOther(broken()).flatMapIterable(list -> list, HAND_OFF);
    }

    /** Fails when one of the threads does, and with it what follows {@link #whole}: nothing more would come. */
    Mono<Void> broken() {
        return threads.failure();
    }

    private static List<VideoFrame> list(Iterable<VideoFrame> frames) {
        List<VideoFrame> list = new ArrayList<>();
        frames.forEach(list::add);
        return list;
    }

    /** The frames that each stroke of work makes whole, on the compose thread, where they are to be walked through. */
    Flux<Iterable<VideoFrame>> whole(Flux<VideoFrame> frames) {
        // hide(): a fused operator would run its mapper on whichever thread requests.
        return frames.concatMapIterable(this::work, HAND_OFF)
                .concatWith(Flux.defer(() -> Flux.fromIterable(routes.values()).concatMapIterable(Route::rest)))
                .map(work -> work.route().gather(work))
                .subscribeOn(decoding)
                .publishOn(offering, false, HAND_OFF)
                .flatMapSequential(this::infer, lanes, HAND_OFF)
                // Strokes that fail at the same moment, such as those that wait for one look: any of them says why.
                .onErrorMap(
                        Exceptions::isMultiple,
                        all -> Exceptions.unwrapMultiple(all).get(0))
                .publishOn(composing, false, HAND_OFF)
                .hide()
                .map(work -> work.route().compose(work));
    }

    private List<Work> work(VideoFrame frame) {
        Turn turn = governor.next(frame);
        if (turn == null) {
            frame.close();
            return List.of();
        }
        Route route = routes.get(turn.resolver());
        if (route == null) {
            throw new IllegalStateException(turn.resolver().traits().name() + " is none of the governor's resolvers");
        }
        return route.add(frame, turn);
    }

    /** The tiles of a stroke once their context is there; looking comes first, so it never waits for tiles. */
    private Mono<Ready> infer(Ready work) {
        return work.context().publishOn(inference).map(context -> upscale(work, context));
    }

    private Ready upscale(Ready work, PictureContext context) {
        work.jobs().forEach(job -> governor.inferring(job.source()));
        work.route().upscale(work, context);
        work.jobs().forEach(job -> governor.inferred(job.source()));
        return work;
    }

    /** Makes stages that wait for a slot give up; for a stream that was cancelled. */
    void interrupt() {
        routes.values().forEach(Route::interrupt);
    }

    /** Waits for the stages to return and frees the batches. */
    @Override
    public void close() {
        routes.values().forEach(Route::stop);
        Shutdown.await(decoding);
        Shutdown.await(offering);
        Shutdown.await(inference);
        Shutdown.await(composing);
        owned.close();
    }
}
