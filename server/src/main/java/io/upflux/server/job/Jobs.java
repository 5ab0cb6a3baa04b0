package io.upflux.server.job;

import io.micrometer.core.instrument.MeterRegistry;
import io.upflux.models.Catalogue;
import io.upflux.pipeline.StreamException;
import io.upflux.server.config.JobsConfig;
import io.upflux.server.job.JobRefusal.Reason;
import io.upflux.server.preview.PreviewKind;
import io.upflux.server.segment.WorkFolder;
import io.upflux.server.source.AllowedSources;
import io.upflux.server.source.SourceGuard;
import io.upflux.server.source.SourceRefused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** All file jobs of a server. Nothing that it returns waits on the thread that asks. */
public final class Jobs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);
    private static final Duration RETENTION_PAUSE = Duration.ofMinutes(10);

    private final JobsConfig config;
    private final Database database;
    private final JobStore store;
    private final JobChanges changes = new JobChanges();
    private final JobQueue queue;
    private final Admission admission;
    private final SourceGuard guard;
    private final DiskSpace disk;
    private final Catalogue models;
    private volatile AllowedSources allowed;
    private final Disposable.Composite background = Disposables.composite();

    /** @param models what the processes that work on jobs will find */
    private Jobs(JobsConfig config, Database database, AllowedSources allowed, Catalogue models, Duration grace) {
        this.config = config;
        this.database = database;
        this.store = new JobStore(database);
        this.guard = new SourceGuard(allowed);
        JobCommand command = new JobCommand(config.heapBytes(), config.parallel(), config.limits());
        ProcessLimits limits = new ProcessLimits(config.memoryBytes(), config.stall(), grace);
        JobWorker worker = new ProcessWorker(config.folder(), guard, command, limits, config.parallel());
        this.queue = new JobQueue(store, changes, worker, config.parallel(), config.tries(), config.timeLimit());
        this.admission = new Admission(store, config.queueLimit());
        this.allowed = allowed;
        this.disk = new DiskSpace(config.folder(), config.freeBytes());
        this.models = models;
    }

    /**
     * Opens the folder and the database, and queues again what ran when they were closed, however that was. Waits.
     *
     * @param allowed what jobs may read that somebody asks for
     * @throws StreamException when they cannot be used, or no model does what a watched folder asks for
     */
    public static Jobs open(JobsConfig config, AllowedSources allowed) {
        return open(config, allowed, ProcessLimits.GRACE);
    }

    static Jobs open(JobsConfig config, AllowedSources allowed, Duration grace) {
        Catalogue models = Catalogue.standard();
        config.watch().forEach(watch -> watch.check(models));
        try {
            Files.createDirectories(config.folder());
            Database database = Database.open(config.database(), config.folder());
            // Now that the database is this process's.
            JobFolder.sweep(config.folder());
            Jobs jobs = new Jobs(config, database, allowed, models, grace);
            jobs.store.recover().block();
            return jobs;
        } catch (IOException e) {
            throw new StreamException(
                    "jobs.folder: " + config.folder() + " cannot be used: " + WorkFolder.reason(e), e);
        }
    }

    /** Begins to work. */
    public void start() {
        queue.start();
        config.watch().forEach(watch -> background.add(new WatchedFolder(watch, store, admission, changes).watch()));
        background.add(Flux.interval(Duration.ZERO, RETENTION_PAUSE)
                .onBackpressureDrop()
                .concatMap(
                        tick -> forgetOld().onErrorResume(failure -> {
                            LOG.warn("old jobs cannot be deleted: {}", String.valueOf(failure.getMessage()));
                            return Mono.empty();
                        }),
                        1)
                .subscribe());
    }

    /** From now on, jobs may read this. */
    public void allow(AllowedSources sources) {
        allowed = sources;
        guard.allow(sources);
    }

    /** Shows monitoring the jobs. */
    public void bindTo(MeterRegistry registry) {
        background.add(JobMeters.bind(store, changes, queue.counters(), registry));
    }

    /**
     * Queues a job for an input that the request names.
     *
     * @return fails with a {@link SourceRefused} when that is not allowed, with a {@link JobRefusal} when no model does
     *     what is wanted, or the disk or the queue is full
     */
    public Mono<Job> create(JobRequest request) {
        String input = request.input();
        if (input == null) {
            return Mono.error(
                    new JobRefusal(Reason.EMPTY, "input: is missing: a path or URL; or send the file itself"));
        }
        return admission.admit(Mono.fromCallable(() -> {
                    disk.require(0);
                    allowed.check(input);
                    request.check(models);
                    return request.job();
                })
                .subscribeOn(Schedulers.boundedElastic())
                .flatMap(this::add));
    }

    /**
     * Queues a job for what is sent.
     *
     * @param request without an input
     * @param length of the body in bytes, 0 when unknown
     * @param body its pieces
     * @return fails with a {@link JobRefusal} when no model does what is wanted, it is too large, empty, or the disk or the
     *     queue is full
     */
    public Mono<Job> upload(JobRequest request, long length, Flux<byte[]> body) {
        if (length > config.uploadBytes()) {
            return Mono.error(Upload.tooLarge(config.uploadBytes()));
        }
        Job job = request.job();
        return admission.admit(Mono.fromRunnable(() -> {
                    disk.require(length);
                    request.check(models);
                })
                .subscribeOn(Schedulers.boundedElastic())
                .then(Upload.receive(body, folder(job), disk, config.uploadBytes(), add(job))));
    }

    /** Empty when there is none. */
    public Mono<Job> find(String id) {
        return Job.isId(id) ? store.find(id) : Mono.empty();
    }

    /**
     * The newest first.
     *
     * @param states empty for all
     */
    public Flux<Job> list(Set<JobState> states, int limit, long offset) {
        return store.list(states, limit, offset);
    }

    /** How many there are. @param states empty for all */
    public Mono<Long> count(Set<JobState> states) {
        return store.counts()
                .map(counts -> counts.entrySet().stream()
                        .filter(entry -> states.isEmpty() || states.contains(entry.getKey()))
                        .mapToLong(entry -> entry.getValue())
                        .sum());
    }

    /**
     * A job now and after each change, until it has ended or is deleted. Who is slow misses some, never the last.
     *
     * @return empty when there is none
     */
    public Flux<Job> follow(String id) {
        return Flux.merge(changes.all().filter(id::equals), Flux.just(id))
                .onBackpressureLatest()
                .concatMap(change -> find(id).map(Optional::of).defaultIfEmpty(Optional.empty()), 1)
                .takeWhile(Optional::isPresent)
                .map(Optional::get)
                .distinctUntilChanged()
                .takeUntil(job -> job.state().isEnded());
    }

    /** What becomes of jobs, as they end; to be taken without pause. */
    public Flux<JobEnding> endings() {
        return changes.endings();
    }

    /**
     * Pauses, queues or cancels a job, and waits until it is so.
     *
     * @return the job then; fails with a {@link JobRefusal} when its state does not allow it; empty when there is none
     */
    public Mono<Job> change(String id, JobState to) {
        return Job.isId(id) ? queue.change(id, to) : Mono.empty();
    }

    /** @return the job then; empty when there is none */
    public Mono<Job> prioritise(String id, int priority) {
        return store.prioritise(id, priority)
                .doOnNext(changed -> changes.tell(id))
                .then(find(id));
    }

    /** Cancels a job if it has not ended, and removes everything of it. @return whether there was one */
    public Mono<Boolean> delete(String id) {
        return find(id).flatMap(job -> job.state().isEnded() ? Mono.just(job) : cancel(job))
                .flatMap(job -> remove(job).then(store.delete(id)))
                .doOnNext(deleted -> changes.tell(id))
                .defaultIfEmpty(false);
    }

    /** Where the output of a job lies when it is done. */
    public Path output(Job job) {
        return folder(job).output();
    }

    /** Where the newest upscaled frame of a job that was begun lies: a small JPEG picture. */
    public Path picture(Job job) {
        return folder(job).picture();
    }

    /** Where the latest picture of a job that stayed spoilt lies, or its source, as PNG; empty for none. */
    public Mono<Path> spoilt(Job job, PreviewKind kind) {
        return Mono.fromCallable(() -> folder(job).spoilt(kind))
                .subscribeOn(Schedulers.boundedElastic())
                .flatMap(Mono::justOrEmpty);
    }

    /** Asks what runs to stop and to keep what is finished, and begins nothing any more. */
    public void interrupt() {
        background.dispose();
        queue.interrupt();
    }

    /** As {@link #interrupt}, and waits until it has; whoever follows a job sees that as the last. */
    public void stop() {
        background.dispose();
        queue.close();
        changes.end();
    }

    /** Stops, and closes the database. */
    @Override
    public void close() {
        stop();
        database.close();
    }

    private Mono<Job> add(Job job) {
        return store.add(job)
                .doOnSuccess(added -> {
                    LOG.info("job {} is queued: {}", job.id(), job.name());
                    changes.tell(job.id());
                })
                .thenReturn(job);
    }

    /** It may end by itself meanwhile. */
    private Mono<Job> cancel(Job job) {
        return queue.change(job.id(), JobState.CANCELLED).onErrorResume(JobRefusal.class, ended -> find(job.id()));
    }

    private Mono<Void> remove(Job job) {
        return Mono.<Void>fromRunnable(() -> {
                    try {
                        folder(job).remove();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .subscribeOn(Schedulers.boundedElastic());
    }

    private Mono<Void> forgetOld() {
        return store.endedBefore(Instant.now().minus(config.keep()))
                .concatMap(job -> delete(job.id()).onErrorResume(failure -> {
                    LOG.warn("job {} cannot be deleted: {}", job.id(), String.valueOf(failure.getMessage()));
                    return Mono.empty();
                }))
                .then();
    }

    private JobFolder folder(Job job) {
        return new JobFolder(config.folder(), job);
    }
}
