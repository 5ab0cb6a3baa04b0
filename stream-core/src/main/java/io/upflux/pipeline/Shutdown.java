package io.upflux.pipeline;

import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Ends a thread of a pipeline: what it is doing is finished first, for no longer than a bound. */
final class Shutdown {
    /** Longer than any single native call should take once it was interrupted. */
    private static final Duration BOUND = Duration.ofSeconds(30);

    private Shutdown() {}

    /** @throws StreamException when the bound has passed */
    static void await(Scheduler thread) {
        thread.disposeGracefully()
                .timeout(BOUND, Mono.error(() -> new StreamException("a stage of the pipeline does not return")))
                .block();
    }
}
