package io.upflux.server.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.Result;
import io.upflux.server.config.Upscaling;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Who is worked on when, and what becomes of it; the work itself is played. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class JobQueueTest {
    @TempDir
    private Path folder;

    private Database database;
    private JobStore store;
    private JobChanges changes;
    private final PlayedWorker worker = new PlayedWorker();
    private @Nullable JobQueue queue;

    @BeforeEach
    void open() {
        database = Database.open(null, folder);
        store = new JobStore(database);
        changes = new JobChanges();
    }

    @AfterEach
    void close() {
        if (queue != null) {
            queue.close();
        }
        database.close();
    }

    @Test
    void asManyAsAllowedRunAndTheMostUrgentNext() {
        Job first = add("first", 0);
        Job second = add("second", 0);
        Job urgent = add("urgent", 9);
        Job last = add("last", -1);
        start(2, null);
        await(urgent, JobState.RUNNING);
        await(first, JobState.RUNNING);
        assertThat(find(second).state()).isEqualTo(JobState.QUEUED);
        worker.end(first, JobEnd.DONE);
        await(first, JobState.DONE);
        await(second, JobState.RUNNING);
        assertThat(find(last).state()).isEqualTo(JobState.QUEUED);
        worker.end(urgent, JobEnd.DONE);
        worker.end(second, JobEnd.DONE);
        await(last, JobState.RUNNING);
        worker.end(last, JobEnd.DONE);
        await(last, JobState.DONE);
        assertThat(worker.begun).containsExactly("urgent", "first", "second", "last");
        assertThat(worker.most).isEqualTo(2);
    }

    @Test
    void whatRunsIsPausedGoesOnAndIsCancelled() {
        Job job = add("clip", 0);
        start(1, null);
        await(job, JobState.RUNNING);
        assertThat(queue().change(job.id(), JobState.PAUSED).block())
                .extracting(Job::state)
                .isEqualTo(JobState.PAUSED);
        assertThat(queue().change(job.id(), JobState.PAUSED).block())
                .as("again")
                .extracting(Job::state)
                .isEqualTo(JobState.PAUSED);
        queue().change(job.id(), JobState.QUEUED).block();
        await(job, JobState.RUNNING);
        assertThat(queue().change(job.id(), JobState.QUEUED).block())
                .as("it runs")
                .extracting(Job::state)
                .isEqualTo(JobState.RUNNING);
        assertThat(queue().change(job.id(), JobState.CANCELLED).block())
                .extracting(Job::state)
                .isEqualTo(JobState.CANCELLED);
        assertThatThrownBy(() -> queue().change(job.id(), JobState.PAUSED).block())
                .isInstanceOf(JobRefusal.class)
                .hasMessageEndingWith("is cancelled and cannot be made paused");
        queue().change(job.id(), JobState.QUEUED).block();
        await(job, JobState.RUNNING);
        worker.end(job, JobEnd.DONE);
        await(job, JobState.DONE);
        assertThatThrownBy(() -> queue().change(job.id(), JobState.QUEUED).block())
                .isInstanceOf(JobRefusal.class);
        assertThatThrownBy(() -> queue().change(job.id(), JobState.RUNNING).block())
                .isInstanceOf(JobRefusal.class);
        assertThat(worker.begun).hasSize(3);
    }

    @Test
    void whatWaitsIsPausedWithoutBeingBegun() {
        Job runs = add("runs", 0);
        Job waits = add("waits", 0);
        start(1, null);
        await(runs, JobState.RUNNING);
        queue().change(waits.id(), JobState.PAUSED).block();
        worker.end(runs, JobEnd.DONE);
        await(runs, JobState.DONE);
        assertThat(find(waits).state()).isEqualTo(JobState.PAUSED);
        assertThat(worker.begun).containsExactly("runs");
    }

    @Test
    void manyWhoChangeOneJobAtOnceAgree() {
        Job job = add("clip", 0);
        start(1, null);
        List<Job> answers = Flux.range(0, 12)
                .flatMap(i -> queue().change(job.id(), i % 2 == 0 ? JobState.PAUSED : JobState.QUEUED)
                        .onErrorResume(JobRefusal.class, refusal -> Mono.empty()))
                .collectList()
                .block();
        assertThat(answers).isNotNull();
        queue().change(job.id(), JobState.CANCELLED).block();
        assertThat(find(job).state()).isEqualTo(JobState.CANCELLED);
        assertThat(worker.most).isLessThanOrEqualTo(1);
    }

    @Test
    void aCrashIsTriedAgainABoundedNumberOfTimes() {
        Job job = add("clip", 0);
        start(1, null);
        for (int i = 1; i <= 3; i++) {
            int times = i;
            awaitThat(job, found -> worker.begun.size() == times && found.state() == JobState.RUNNING);
            worker.end(job, JobEnd.crashed("its process was ended by signal 11"));
        }
        await(job, JobState.FAILED);
        assertThat(find(job).error()).isEqualTo("its process was ended by signal 11; that was try 3 of 3");
        queue().change(job.id(), JobState.QUEUED).block();
        await(job, JobState.RUNNING);
        assertThat(find(job).crashes()).isZero();
        assertThat(find(job).error()).isNull();
    }

    @Test
    void crashesOfAJobThatGetsFurtherDoNotAddUp() {
        Job job = add("clip", 0);
        start(1, null);
        for (int i = 1; i <= 7; i++) {
            int times = i;
            awaitThat(job, found -> worker.begun.size() == times && found.state() == JobState.RUNNING);
            worker.end(job, JobEnd.crashed("its process was ended by signal 11").further(i <= 5 && i % 2 == 1));
        }
        await(job, JobState.FAILED);
        assertThat(find(job).error()).endsWith("; that was try 3 of 3");
    }

    @Test
    void whatFailsIsNotTriedAgain() {
        Job job = add("clip", 0);
        start(1, null);
        await(job, JobState.RUNNING);
        worker.end(job, JobEnd.failed("clip: not a media file"));
        await(job, JobState.FAILED);
        assertThat(find(job).error()).isEqualTo("clip: not a media file");
        assertThat(worker.begun).hasSize(1);
    }

    @Test
    void whatTakesTooLongFails() {
        Job job = add("clip", 0);
        start(1, Duration.ofMillis(200));
        await(job, JobState.FAILED);
        assertThat(find(job).error()).isEqualTo("took longer than allowed (jobs.timeLimit)");
    }

    @Test
    void whatTookTooLongHasAllItsTimeWhenItIsQueuedAgain() {
        Duration limit = Duration.ofMillis(900);
        Job job = add("clip", 0);
        start(1, limit);
        awaitThat(job, found -> worker.begun.size() == 1);
        worker.report(job, new JobProgress(10, 100, 5));
        await(job, JobState.FAILED);
        assertThat(find(job).worked()).as("it is kept").isGreaterThanOrEqualTo(limit);
        long again = System.nanoTime();
        queue().change(job.id(), JobState.QUEUED).block();
        awaitThat(job, found -> worker.begun.size() == 2 && found.state() == JobState.FAILED);
        assertThat(Duration.ofNanos(System.nanoTime() - again)).isGreaterThanOrEqualTo(limit);
    }

    @Test
    void progressIsKept() {
        Job job = add("clip", 0);
        start(1, null);
        await(job, JobState.RUNNING);
        worker.report(job, new JobProgress(10, 100, 5));
        worker.report(job, new JobProgress(20, 100, 5));
        awaitThat(job, found -> found.progress().frames() == 20);
        worker.report(job, new JobProgress(100, 100, 5));
        worker.end(job, JobEnd.DONE);
        await(job, JobState.DONE);
        assertThat(find(job).progress()).isEqualTo(new JobProgress(100, 100, 0));
        assertThat(find(job).worked()).isPositive();
    }

    @Test
    void aClosedQueueHasStoppedAllAndQueuedItAgain() {
        Job runs = add("runs", 0);
        Job waits = add("waits", 0);
        start(1, null);
        await(runs, JobState.RUNNING);
        queue().close();
        assertThat(find(runs).state()).isEqualTo(JobState.QUEUED);
        assertThat(find(runs).crashes()).isZero();
        assertThat(find(waits).state()).isEqualTo(JobState.QUEUED);
        assertThat(worker.begun).hasSize(1);
    }

    @Test
    void whatIsStoppedFromElsewhereAgainAndAgainFails() {
        Job job = add("clip", 0);
        start(1, null);
        for (int i = 1; i <= 3; i++) {
            int times = i;
            awaitThat(job, found -> worker.begun.size() == times && found.state() == JobState.RUNNING);
            worker.end(job, JobEnd.STOPPED);
        }
        awaitThat(job, found -> found.state() == JobState.FAILED);
        assertThat(find(job).error()).isEqualTo("its process was interrupted; that was try 3 of 3");
    }

    @Test
    void anInterruptedQueueBeginsNothingAndCountsNoCrash() {
        Job runs = add("runs", 0);
        worker.stubborn = true;
        start(1, null);
        await(runs, JobState.RUNNING);
        queue().interrupt();
        worker.end(runs, JobEnd.crashed("its process was ended by signal 11"));
        await(runs, JobState.QUEUED);
        changes.tell(runs.id());
        queue().close();
        assertThat(find(runs).crashes()).isZero();
        assertThat(worker.begun).hasSize(1);
    }

    @Test
    void whatBecameOfAJobIsKeptOnceTheDatabaseIsBack() {
        Job job = add("clip", 0);
        start(1, null);
        await(job, JobState.RUNNING);
        alter("ALTER TABLE upflux_jobs RENAME TO lost");
        worker.report(job, new JobProgress(10, 100, 5));
        worker.end(job, JobEnd.failed("clip: not a media file"));
        assertThatThrownBy(() -> find(job)).isInstanceOf(R2dbcException.class);
        alter("ALTER TABLE lost RENAME TO upflux_jobs");
        await(job, JobState.FAILED);
        assertThat(find(job).error()).isEqualTo("clip: not a media file");
        assertThat(worker.begun).hasSize(1);
    }

    @Test
    void aDatabaseThatIsAwayBeginsNothingUntilItIsBack() {
        Job job = add("clip", 0);
        alter("ALTER TABLE upflux_jobs RENAME TO lost");
        start(1, null);
        changes.tell(job.id());
        alter("ALTER TABLE lost RENAME TO upflux_jobs");
        changes.tell(job.id());
        await(job, JobState.RUNNING);
        worker.end(job, JobEnd.DONE);
        await(job, JobState.DONE);
        assertThat(worker.begun).containsExactly("clip");
    }

    /** It is tried again later, not at once and for ever. */
    @Test
    void aJobThatTheDatabaseDoesNotBeginStaysQueued() throws InterruptedException {
        Job job = add("clip", 0);
        alter("ALTER TABLE upflux_jobs ADD CONSTRAINT broken CHECK (state <> 'running') NOCHECK");
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(JobQueue.class);
        logger.addAppender(log);
        try {
            start(1, null);
            while (log.list.isEmpty()) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            TimeUnit.MILLISECONDS.sleep(300);
            assertThat(log.list)
                    .hasSizeLessThan(5)
                    .allMatch(line -> line.getFormattedMessage().startsWith("no job can be begun"));
        } finally {
            logger.detachAppender(log);
        }
        assertThat(find(job).state()).isEqualTo(JobState.QUEUED);
        assertThat(worker.begun).isEmpty();
        assertThat(queue().change(job.id(), JobState.PAUSED).block())
                .extracting(Job::state)
                .isEqualTo(JobState.PAUSED);
        alter("ALTER TABLE upflux_jobs DROP CONSTRAINT broken");
        queue().change(job.id(), JobState.QUEUED).block();
        await(job, JobState.RUNNING);
    }

    @Test
    void progressThatCannotBeKeptHoldsUpNothing() throws InterruptedException {
        Job job = add("clip", 0);
        start(1, null);
        await(job, JobState.RUNNING);
        alter("ALTER TABLE upflux_jobs ADD CONSTRAINT broken CHECK (frames < 5) NOCHECK");
        worker.report(job, new JobProgress(10, 100, 5));
        TimeUnit.MILLISECONDS.sleep(1500);
        assertThat(find(job).progress().frames()).isZero();
        worker.report(job, new JobProgress(4, 100, 5));
        worker.end(job, JobEnd.DONE);
        await(job, JobState.DONE);
        assertThat(find(job).progress().frames()).isEqualTo(4);
    }

    private void alter(String sql) {
        database.with(connection ->
                        Flux.from(connection.createStatement(sql).execute()).concatMap(Result::getRowsUpdated))
                .blockLast();
    }

    private void start(int parallel, @Nullable Duration timeLimit) {
        queue = new JobQueue(store, changes, worker, parallel, 3, timeLimit);
        queue().start();
    }

    private JobQueue queue() {
        return JobRows.required(queue);
    }

    private Job add(String name, int priority) {
        Job job = Job.queued(name, null, Upscaling.USUAL, null, priority);
        store.add(job).block();
        return job;
    }

    private Job find(Job job) {
        return store.find(job.id()).blockOptional().orElseThrow();
    }

    private void await(Job job, JobState state) {
        awaitThat(job, found -> found.state() == state);
    }

    private void awaitThat(Job job, Predicate<Job> what) {
        Flux.merge(
                        changes.all(),
                        Flux.interval(Duration.ZERO, Duration.ofMillis(100)).map(String::valueOf))
                .onBackpressureLatest()
                .concatMap(change -> store.find(job.id()), 1)
                .filter(what)
                .blockFirst(Duration.ofSeconds(60));
    }
}
