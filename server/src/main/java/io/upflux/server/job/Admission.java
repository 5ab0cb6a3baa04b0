package io.upflux.server.job;

import io.upflux.server.job.JobRefusal.Reason;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;

/** Lets jobs into the queue while fewer wait there than may. */
final class Admission {
    private final JobStore store;
    private final int limit;

    /** Those on their way, of which the database may not know yet. */
    private final AtomicInteger coming = new AtomicInteger();

    /** @param limit how many jobs may wait */
    Admission(JobStore store, int limit) {
        this.store = store;
        this.limit = limit;
    }

    /**
     * Lets one in.
     *
     * @param adding puts it into the database
     * @return fails with a {@link JobRefusal}, and nothing is begun, when as many wait as may
     */
    <T> Mono<T> admit(Mono<T> adding) {
        return Mono.using(
                coming::incrementAndGet,
                // Counted first: who comes in meanwhile is counted twice rather than never.
                ahead -> store.counts()
                        .flatMap(counts -> counts.getOrDefault(JobState.QUEUED, 0L) + ahead > limit
                                ? Mono.error(new JobRefusal(
                                        Reason.QUEUE_FULL,
                                        limit + " jobs wait already, and no more may (jobs.queueLimit)"))
                                : adding),
                ahead -> coming.decrementAndGet());
    }
}
