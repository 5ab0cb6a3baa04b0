package io.upflux.server.job;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * Which jobs have changed, as it happens. How they are now is read from the database, so that a late reader reads the last. What
 * became of those that have ended is told as it is, since they may be deleted at once.
 */
final class JobChanges {
    private final Sinks.Many<String> ids = Sinks.many().multicast().directBestEffort();
    private final Sinks.Many<JobEnding> endings = Sinks.many().multicast().directBestEffort();

    synchronized void tell(String id) {
        ids.tryEmitNext(id);
    }

    synchronized void tell(JobEnding ending) {
        endings.tryEmitNext(ending);
    }

    /** To be taken without pause: nothing waits for who does not ask for the next. */
    Flux<String> all() {
        return ids.asFlux();
    }

    /** Each once; likewise to be taken without pause. */
    Flux<JobEnding> endings() {
        return endings.asFlux();
    }

    /** There will be no more. */
    synchronized void end() {
        ids.tryEmitComplete();
        endings.tryEmitComplete();
    }
}
