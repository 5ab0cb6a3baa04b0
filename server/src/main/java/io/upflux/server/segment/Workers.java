package io.upflux.server.segment;

import io.upflux.pipeline.FrameWatcher;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Computes the segments of a job, some at a time, in order of time. The first failure stops all. */
final class Workers {
    private final JobOptions options;
    private final Function<Segment, Path> files;
    private final Resolvers resolvers;
    private final Supplier<FrameWatcher> watchers;
    private final Notices notices;
    private final Queue<Segment> queue;
    private final Sinks.Empty<Void> halt = Sinks.empty();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean halted;

    Workers(
            JobOptions options,
            List<Segment> segments,
            Function<Segment, Path> files,
            Resolvers resolvers,
            Supplier<FrameWatcher> watchers,
            Notices notices) {
        this.options = options;
        this.queue = new ConcurrentLinkedQueue<>(segments);
        this.files = files;
        this.resolvers = resolvers;
        this.watchers = watchers;
        this.notices = notices;
    }

    /**
     * Returns when all segments are finished, and throws what the first failed with when all workers have stopped.
     *
     * @param jobs how many at a time
     * @param frame told 1 for each frame, from any thread
     * @param finished told of each finished segment, from any thread
     * @param stop makes the workers give up
     */
    void run(int jobs, LongConsumer frame, Consumer<SegmentResult> finished, Mono<Void> stop) {
        // Of their own: they wait for pipelines, whose own work must find threads among the shared ones.
        Scheduler threads = Schedulers.newBoundedElastic(jobs, 1, "upflux-segment");
        Disposable stopping = stop.subscribe(nothing -> {}, error -> halt(), this::halt);
        try {
            Flux.range(0, Math.min(jobs, queue.size()))
                    .flatMap(
                            worker -> Mono.fromRunnable(() -> work(frame, finished))
                                    .subscribeOn(threads),
                            Math.max(1, jobs))
                    .blockLast();
        } finally {
            stopping.dispose();
            threads.dispose();
        }
        Throwable first = failure.get();
        if (first != null) {
            throw Exceptions.propagate(first);
        }
        if (halted) {
            throw new StreamException(options.output() + ": interrupted");
        }
    }

    private void work(LongConsumer frame, Consumer<SegmentResult> finished) {
        try {
            SuperResolver resolver = resolvers.take();
            try {
                for (Segment segment = queue.poll(); segment != null && !halted; segment = queue.poll()) {
                    SegmentTask task = new SegmentTask(options, segment, files.apply(segment));
                    finished.accept(
                            task.run(resolver, notices, frames -> frame.accept(1), watchers.get(), halt.asMono()));
                }
            } finally {
                resolvers.giveBack(resolver);
            }
        } catch (RuntimeException | Error e) {
            // Errors as well: the others must have stopped before models are closed under them.
            failure.compareAndSet(null, e);
            halt();
        }
    }

    private void halt() {
        halted = true;
        halt.tryEmitEmpty();
    }
}
