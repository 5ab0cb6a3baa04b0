package io.upflux.server.job;

import io.upflux.server.job.JobRefusal.Reason;
import io.upflux.server.job.JobRun.Fate;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.retry.Retry;

/**
 * Has some jobs worked on at a time, those of higher priority first, older ones before newer ones.
 *
 * <p>A job is in {@link #running} before the database says that it runs, and until the database says what it became. So who
 * finds it there can stop it, and who does not can change it in the database, from the state in which it was found.
 */
final class JobQueue implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JobQueue.class);

    /** Looks for work when nobody says that there is some, as after a failure of the database. */
    private static final Duration LOOK = Duration.ofSeconds(10);

    private static final Duration BETWEEN_REPORTS = Duration.ofSeconds(1);
    private static final Duration MOMENT = Duration.ofMillis(50);
    private static final Duration CLOSING = Duration.ofSeconds(60);

    private final JobStore store;
    private final JobChanges changes;
    private final JobWorker worker;
    private final int parallel;
    private final int tries;
    private final @Nullable Duration timeLimit;
    private final JobCounters counters = new JobCounters();
    private final Map<String, JobRun> running = new ConcurrentHashMap<>();
    private final Sinks.Empty<Void> closing = Sinks.empty();
    private Mono<Void> looked = Mono.empty();
    private volatile boolean closed;

    /**
     * @param worker closed by this
     * @param parallel how many jobs are worked on at a time
     * @param tries how often a job may crash without getting any further
     * @param timeLimit how long one may be worked on; null for as long as it takes
     */
    JobQueue(
            JobStore store,
            JobChanges changes,
            JobWorker worker,
            int parallel,
            int tries,
            @Nullable Duration timeLimit) {
        this.store = store;
        this.changes = changes;
        this.worker = worker;
        this.parallel = parallel;
        this.tries = tries;
        this.timeLimit = timeLimit;
    }

    JobCounters counters() {
        return counters;
    }

    void start() {
        Sinks.Empty<Void> end = Sinks.empty();
        looked = end.asMono();
        Flux.merge(Flux.interval(Duration.ZERO, LOOK).map(String::valueOf), changes.all())
                .takeUntilOther(closing.asMono())
                .onBackpressureLatest()
                .concatMap(change -> fill().onErrorResume(failure -> warn("no job can be begun", failure)), 1)
                .doFinally(signal -> end.tryEmitEmpty())
                .subscribe();
    }

    /**
     * Changes the state of a job, and waits until it is so.
     *
     * @param to {@link JobState#PAUSED}, {@link JobState#QUEUED} or {@link JobState#CANCELLED}
     * @return the job then; fails with a {@link JobRefusal} when its state does not allow it; empty when there is none
     */
    Mono<Job> change(String id, JobState to) {
        return Mono.defer(() -> {
                    // Refuses what nobody can make of a job, before its work is stopped for it.
                    before(to);
                    JobRun run = running.get(id);
                    if (run == null || (to == JobState.QUEUED && !run.isStopping())) {
                        return Mono.<Void>empty();
                    }
                    return run.stop(to, null);
                })
                .then(store.find(id))
                .flatMap(job -> {
                    if (job.state() == to || (job.state() == JobState.RUNNING && to == JobState.QUEUED)) {
                        return Mono.just(job);
                    }
                    if (job.state() == JobState.RUNNING) {
                        // It has just been begun.
                        return Mono.delay(MOMENT).then(change(id, to));
                    }
                    if (!before(to).contains(job.state())) {
                        return Mono.error(new JobRefusal(
                                Reason.STATE, "job " + id + " is " + job.state() + " and cannot be made " + to));
                    }
                    return store.move(id, Set.of(job.state()), to, 0, null)
                            .doOnNext(moved -> {
                                tell(job, moved, to, null);
                                changes.tell(id);
                            })
                            .then(Mono.defer(() -> change(id, to)));
                });
    }

    /** Asks all work to stop, which goes on when the server is started again, and begins none. */
    void interrupt() {
        closed = true;
        closing.tryEmitEmpty();
        running.values().forEach(run -> run.stop(JobState.QUEUED, null));
    }

    /** As {@link #interrupt}, and waits until all work has stopped. */
    @Override
    public void close() {
        interrupt();
        // Or one that is just being begun would be missed.
        looked.block(CLOSING);
        Flux.fromIterable(running.values())
                .flatMap(run -> run.stop(JobState.QUEUED, null))
                .then()
                .block(CLOSING);
        worker.close();
    }

    private static Set<JobState> before(JobState to) {
        return switch (to) {
            case PAUSED -> EnumSet.of(JobState.QUEUED);
            case CANCELLED -> EnumSet.of(JobState.QUEUED, JobState.PAUSED);
            case QUEUED -> EnumSet.of(JobState.PAUSED, JobState.FAILED, JobState.CANCELLED);
            default -> throw new JobRefusal(Reason.STATE, "a job becomes " + to + " by itself only");
        };
    }

    private Mono<Void> fill() {
        Mono<Job> next = Mono.defer(() -> closed || running.size() >= parallel ? Mono.empty() : store.next())
                .flatMap(this::begin);
        return next.expand(begun -> next).then();
    }

    /** @return the job, whether it could be begun or somebody was faster */
    private Mono<Job> begin(Job job) {
        JobRun run = new JobRun(job);
        if (running.putIfAbsent(job.id(), run) != null) {
            // It has become what it is in the database already, and leaves in a moment.
            return Mono.delay(MOMENT).thenReturn(job);
        }
        return store.begin(job.id())
                // Whether the database has begun it is not known.
                .onErrorResume(failure -> become(run, new Fate(JobState.QUEUED, job.crashes(), null))
                        .doFinally(end -> forget(run))
                        .then(Mono.error(failure)))
                .doOnNext(begun -> {
                    if (begun) {
                        launch(run);
                    } else {
                        leave(run);
                    }
                })
                .thenReturn(job);
    }

    private void launch(JobRun run) {
        Job job = run.job();
        LOG.info("job {} begins: {}", job.id(), job.name());
        changes.tell(job.id());
        Disposable limit = timeLimit == null
                ? Disposables.disposed()
                : Mono.delay(timeLimit.minus(job.worked()))
                        .subscribe(late -> run.stop(JobState.FAILED, "took longer than allowed (jobs.timeLimit)"));
        Sinks.Many<JobProgress> reports = Sinks.many().multicast().directBestEffort();
        Mono<Void> kept = reports.asFlux()
                .sample(BETWEEN_REPORTS)
                .onBackpressureLatest()
                .concatMap(progress -> keep(run, progress), 1)
                .then();
        Mono<JobEnd> work = worker.work(job, run.stopped(), reports::tryEmitNext)
                .onErrorResume(failure -> {
                    LOG.error("job {} failed", job.id(), failure);
                    return Mono.just(JobEnd.failed("the server failed; its log says why"));
                })
                .doFinally(end -> {
                    limit.dispose();
                    reports.tryEmitComplete();
                });
        Mono.zip(kept.thenReturn(true), work)
                .flatMap(both -> settle(run, both.getT2()))
                .doFinally(end -> leave(run))
                .subscribe();
    }

    private Mono<Void> keep(JobRun run, JobProgress progress) {
        String id = run.job().id();
        return store.progress(id, progress, run.worked())
                .doOnNext(done -> changes.tell(id))
                .then()
                .onErrorResume(failure -> warn("the progress of job " + id + " is not kept", failure));
    }

    private Mono<Void> settle(JobRun run, JobEnd end) {
        String id = run.job().id();
        Fate fate = run.fate(end, tries);
        if (fate.state().isEnded()) {
            counters.ended(fate.state(), run.worked());
        }
        LOG.info("job {} is {}{}", id, fate.state(), fate.error() == null ? "" : ": " + fate.error());
        return become(run, fate);
    }

    /** Until the database has taken it, the job is this run's; but for one that stays away when this is closed. */
    private Mono<Void> become(JobRun run, Fate fate) {
        String id = run.job().id();
        return store.move(id, Set.of(JobState.RUNNING), fate.state(), fate.crashes(), fate.error())
                .retryWhen(Retry.backoff(Long.MAX_VALUE, BETWEEN_REPORTS)
                        .maxBackoff(LOOK)
                        .filter(failure -> !closed)
                        .doBeforeRetry(retry -> LOG.warn(
                                "what became of job {} is not kept yet: {}",
                                id,
                                String.valueOf(retry.failure().getMessage()))))
                .doOnNext(moved -> tell(run.job(), moved, fate.state(), fate.error()))
                .then()
                .onErrorResume(failure -> warn("what became of job " + id + " is not kept", failure));
    }

    /** @param moved whether it has become so */
    private void tell(Job job, boolean moved, JobState state, @Nullable String error) {
        if (moved && state.isEnded()) {
            changes.tell(new JobEnding(job.id(), job.name(), state, error));
        }
    }

    private void leave(JobRun run) {
        forget(run);
        changes.tell(run.job().id());
    }

    /** Tells nobody, who would only have the same tried again. */
    private void forget(JobRun run) {
        running.remove(run.job().id(), run);
        run.settle();
    }

    private static Mono<Void> warn(String what, Throwable failure) {
        LOG.warn("{}: {}", what, String.valueOf(failure.getMessage()));
        return Mono.empty();
    }
}
