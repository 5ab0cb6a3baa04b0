package io.upflux.pipeline;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The threads of a pipeline. What Reactor takes for fatal to the virtual machine its operators throw instead of telling it to
 * whoever follows, who would wait for ever; a thread that ends so tells it by {@link #failure}.
 */
final class StageThreads {
    /** Threads of a stage that wait this long are ended; they come back with the next batch. */
    private static final int IDLE_SECONDS = 60;

    private final Sinks.Empty<Void> failure = Sinks.empty();

    /** One thread. */
    Scheduler single(String name) {
        return Schedulers.newSingle(factory(name));
    }

    /** As many as there is work for, up to a number. */
    Scheduler several(int most, String name) {
        return Schedulers.newBoundedElastic(most, Integer.MAX_VALUE, factory(name), IDLE_SECONDS);
    }

    /** Fails when a thread does. */
    Mono<Void> failure() {
        return failure.asMono();
    }

    private ThreadFactory factory(String name) {
        AtomicInteger count = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            thread.setUncaughtExceptionHandler(
                    (ended, cause) -> failure.tryEmitError(new StreamException(cause.toString(), cause)));
            return thread;
        };
    }
}
