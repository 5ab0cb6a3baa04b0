package io.upflux.cluster;

import io.upflux.pipeline.StreamException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.spark.TaskContext;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Work on a thread of its own: Spark takes a task back by interrupting its thread, and native code must have stopped before
 * anything under it is closed.
 */
final class Interruptible {
    private static final long LOOK_MILLIS = 200;

    private Interruptible() {}

    /**
     * Returns when the work has ended, however that was.
     *
     * @param work given what makes it give up
     */
    static <T> T call(Function<Mono<Void>, T> work) {
        @Nullable TaskContext task = TaskContext.get();
        Sinks.Empty<Void> stop = Sinks.empty();
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> complete(result, work, stop.asMono()), "upflux-task");
        thread.setDaemon(true);
        thread.start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return result.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException running) {
                    if (task != null && task.isInterrupted()) {
                        stop.tryEmitEmpty();
                    }
                } catch (InterruptedException e) {
                    interrupted = true;
                    stop.tryEmitEmpty();
                } catch (ExecutionException e) {
                    throw failure(e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static <T> void complete(CompletableFuture<T> result, Function<Mono<Void>, T> work, Mono<Void> stop) {
        try {
            result.complete(work.apply(stop));
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
    }

    /** With the host: what fails on one machine only is looked for there. */
    private static RuntimeException failure(ExecutionException e) {
        Throwable cause = e.getCause();
        if (cause instanceof StreamException said) {
            return new StreamException(said.getMessage() + " (on " + Warm.host() + ")", said);
        }
        return new IllegalStateException(cause);
    }
}
