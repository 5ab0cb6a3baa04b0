package io.upflux.pipeline;

import io.upflux.buffer.Closer;
import io.upflux.buffer.MemoryExhaustedException;
import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.HaltingMap;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.StageTimes.Moment;
import io.upflux.reuse.ReuseMap;
import io.upflux.reuse.ReuseMode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * Upscales everything a source has into a sink, in one Reactor chain: decode, gather, infer, compose, sink, demand
 * flowing from the sink to the decoder. Decoding with gathering, inference, and composing with the sink overlap, on
 * threads of their own.
 *
 * <pre>{@code
 * UpscalePipeline.of(source, resolver, sink).run().blockLast();
 * }</pre>
 *
 * <p>One use. The pipeline closes source and sink, whichever way it ends; the resolver stays open.
 */
public final class UpscalePipeline {
    /** Key of Reactor's per-subscriber hook for errors after the end of a stream. */
    private static final String ON_ERROR_DROPPED = "reactor.onErrorDropped.local";

    private final FrameSource source;
    private final FrameSink sink;
    private final NativeScope scope = new NativeScope();
    private final StageTimes times = new StageTimes();
    private final AtomicBoolean subscribed = new AtomicBoolean();
    private final Sinks.Empty<Void> closed = Sinks.empty();
    private Consumer<HaltingMap> halting = map -> {};
    private Consumer<ReuseMap> reused = map -> {};
    private FrameWatcher watcher = FrameWatcher.NONE;
    private @Nullable Flaws flaws;
    private ReuseMode mode = ReuseMode.OFF;
    private int lookAhead = ReuseSettings.LOOK_AHEAD;
    private FrameGovernor governor;
    private @Nullable FrameUpscaler upscaler;
    private boolean released;
    private long framesWritten;
    private volatile int lost;

    private UpscalePipeline(FrameSource source, SuperResolver resolver, FrameSink sink) {
        this.source = source;
        this.governor = FrameGovernor.always(resolver);
        this.sink = sink;
    }

    public static UpscalePipeline of(FrameSource source, SuperResolver resolver, FrameSink sink) {
        return new UpscalePipeline(source, resolver, sink);
    }

    /**
     * Has {@code maps} told, frame by frame in order, where a resolver that halts stopped. To be called before
     * {@link #run()}.
     *
     * @param maps called on the sink's thread, before the frame is written; what it throws ends the run
     * @return this pipeline
     */
    public UpscalePipeline halting(Consumer<HaltingMap> maps) {
        halting = maps;
        return this;
    }

    /**
     * Lets pictures be made from what was computed for those before; without a word each is computed whole. To be called
     * before {@link #run()}.
     *
     * @param maps told, frame by frame in order, what became of each window; called on the sink's thread, before the frame
     *     is written, and what it throws ends the run
     * @return this pipeline
     */
    public UpscalePipeline reuse(ReuseMode much, Consumer<ReuseMap> maps) {
        mode = much;
        reused = maps;
        return this;
    }

    /**
     * Shows {@code eyes} each picture beside the one it was made from. To be called before {@link #run()}.
     *
     * @param eyes closed by the pipeline
     * @return this pipeline
     */
    public UpscalePipeline watch(FrameWatcher eyes) {
        watcher = eyes;
        return this;
    }

    /**
     * Has some of the upscaled pictures compared with their sources, and what is spoilt computed again; without a word only
     * values that are no numbers are seen, and end the run. To be called before {@link #run()}.
     *
     * @param remedy what becomes of pictures that stay spoilt
     * @return this pipeline
     */
    public UpscalePipeline guard(Flaws remedy) {
        flaws = remedy;
        return this;
    }

    /**
     * Has every frame computed as soon as it is there, although windows of several frames together are computed faster.
     * To be called before {@link #run()}.
     *
     * @return this pipeline
     */
    public UpscalePipeline live() {
        lookAhead = 1;
        return this;
    }

    /**
     * As {@link #live()}, with a governor in charge of what makes each frame, instead of the one resolver.
     *
     * @return this pipeline
     */
    public UpscalePipeline live(FrameGovernor inCharge) {
        governor = inCharge;
        return live();
    }

    /**
     * Runs on subscription and emits one element a written frame, on the sink's thread. Completes when the sink has
     * finished; errors with {@link StreamException}. Both come after everything native was freed; after a cancel wait
     * for {@link #closed()} to be sure of it. Cancelling leaves no result behind.
     */
    public Flux<Progress> run() {
        return Flux.defer(() -> subscribed.compareAndSet(false, true)
                ? guarded()
                // Not through the clean-up, which would end the first run.
                : Flux.error(new IllegalStateException("a pipeline runs once")));
    }

    private Flux<Progress> guarded() {
        return Flux.usingWhen(
                        Mono.just(this),
                        pipeline -> chain(),
                        pipeline -> cleanUp(false),
                        (pipeline, error) -> cleanUp(true).onErrorResume(later -> told(error, later)),
                        pipeline -> cleanUp(true))
                // Stages that were interrupted fail after the stream has ended: nobody needs to hear of it.
                .contextWrite(context -> context.put(ON_ERROR_DROPPED, (Consumer<Throwable>) late -> {}));
    }

    /** What fails first is what people are told: closing what is broken often fails, too. */
    private static Mono<Void> told(Throwable first, Throwable later) {
        if (first != later) {
            first.addSuppressed(later);
        }
        return Mono.empty();
    }

    /**
     * Completes when, after {@link #run()} was subscribed to and ended in any way, all threads have stopped and all memory
     * is freed. Errors when a thread does not return, whose memory then stays.
     */
    public Mono<Void> closed() {
        return closed.asMono();
    }

    /** How long each stage has been busy. */
    public StageTimes times() {
        return times;
    }

    /** Native buffers that had to be reclaimed at the end because their owners lost them; 0 after completion. */
    public int lostBuffers() {
        return lost;
    }

    private Flux<Progress> chain() {
        // Opening an encoder blocks in native code, which the subscriber's thread may not be made for.
        return Mono.fromCallable(this::opened)
                .subscribeOn(Schedulers.boundedElastic())
                .flatMapMany(stages -> stages.whole(timed(source.frames(scope)))
                        .map(this::write)
                        .concatWith(Mono.fromRunnable(sink::finish))
                        .takeUntilOther(stages.broken()))
                .flatMapIterable(list -> list, 1)
                .onErrorMap(
                        MemoryExhaustedException.class,
                        full -> new StreamException(String.valueOf(full.getMessage()), full))
                .onErrorMap(Error.class, error -> new StreamException(error.toString(), error));
    }

    /** What is fatal to the virtual machine would end the thread, which is nobody's, and this would wait for ever. */
    private FrameUpscaler opened() {
        try {
            return open();
        } catch (Error e) {
            throw new StreamException(e.toString(), e);
        }
    }

    /** Not at once with {@link #release}: a cancel may come while the sink opens its encoder. */
    private synchronized FrameUpscaler open() {
        if (released) {
            throw new StreamException("the pipeline was stopped");
        }
        FrameFormat from = source.format();
        FrameFormat to =
                sink.open(FrameUpscaler.upscaled(from, governor.resolvers().get(0)));
        Reports reports = new Reports(times, halting, reused, watcher, flaws);
        FrameUpscaler made = new FrameUpscaler(governor, from, to, scope, new ReuseSettings(mode, lookAhead), reports);
        upscaler = made;
        return made;
    }

    private List<Progress> write(Iterable<VideoFrame> frames) {
        List<Progress> written = new ArrayList<>(1);
        for (VideoFrame frame : frames) {
            long pts = frame.pts();
            Moment start = Moment.now();
            sink.write(frame);
            times.since(Stage.SINK, start);
            governor.written();
            written.add(new Progress(++framesWritten, source.estimatedFrames(), pts));
        }
        return written;
    }

    /** Time between a request and its frame is the decoder's: it produces one frame a request, on this thread. */
    private Flux<VideoFrame> timed(Flux<VideoFrame> frames) {
        return Flux.defer(() -> {
            Moment[] requested = {Moment.now()};
            // hide(): a fused source is polled, which no request announces.
            return frames.hide()
                    .doOnRequest(n -> requested[0] = Moment.now())
                    .doOnNext(frame -> times.since(Stage.DECODE, requested[0]));
        });
    }

    private Mono<Void> cleanUp(boolean interrupt) {
        return Mono.<Void>fromRunnable(() -> {
                    if (interrupt) {
                        source.interrupt();
                        sink.interrupt();
                    }
                    release(interrupt);
                })
                .subscribeOn(Schedulers.boundedElastic());
    }

    /** Frees everything in an order in which no thread can meet freed memory; the first failure wins. */
    private synchronized void release(boolean interrupt) {
        if (released) {
            return;
        }
        released = true;
        FrameUpscaler stages = upscaler;
        if (stages != null) {
            if (interrupt) {
                stages.interrupt();
            }
            try {
                stages.close();
            } catch (RuntimeException e) {
                // A thread that does not return may still use everything: leaking that is better than a crash.
                closed.tryEmitError(e);
                throw e;
            }
        }
        Closer rest = new Closer();
        rest.own(source);
        rest.own(() -> lost = scope.reclaim());
        rest.own(watcher);
        rest.own(sink);
        try {
            rest.close();
        } finally {
            closed.tryEmitEmpty();
        }
    }
}
