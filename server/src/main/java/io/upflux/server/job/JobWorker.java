package io.upflux.server.job;

import java.util.function.Consumer;
import reactor.core.publisher.Mono;

/** Somebody who can do jobs. */
interface JobWorker extends AutoCloseable {
    /**
     * Works on a job, going on with what is finished of it.
     *
     * @param stop asks it to stop and keep what is finished, when it completes
     * @param progress told how far it is, by one thread
     * @return how it ended; not to be cancelled
     */
    Mono<JobEnd> work(Job job, Mono<Void> stop, Consumer<JobProgress> progress);

    /** When nothing is worked on any more. */
    @Override
    default void close() {}
}
