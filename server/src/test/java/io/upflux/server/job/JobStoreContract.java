package io.upflux.server.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.server.config.Upscaling;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

/** What jobs are kept in keeps them, whichever database it is. */
abstract class JobStoreContract {
    private static final Upscaling LARGE =
            new Upscaling("plain-s", "cpu", 2, null, "near", "0.95", false, "1:30", "2s", "libx", 20, null, "webm");

    private Database database;
    private JobStore store;

    /** Empty, and the same one when asked again. */
    abstract Database open();

    @BeforeEach
    void openStore() {
        database = open();
        store = new JobStore(database);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void aJobComesBackAsItWas() {
        Job job = Job.queued("Der Fjäll 映画.avi", "/films/a b.avi", LARGE, Path.of("/out"), 7);
        Job upload = job("clip.mp4", 0);
        store.add(job).then(store.add(upload)).block();
        assertThat(find(job)).isEqualTo(job);
        assertThat(find(upload)).isEqualTo(upload);
        assertThat(upload.upscaling().container()).isEqualTo("mp4");
        StepVerifier.create(store.find("none")).verifyComplete();
    }

    @Test
    void itComesBackAfterTheDatabaseWasClosed() {
        Job job = job("clip.mp4", 0);
        store.add(job).block();
        database.close();
        openStore();
        assertThat(find(job)).isEqualTo(job);
    }

    @Test
    void highPriorityComesFirstThenAge() {
        Job first = job("first.mp4", 0);
        Job second = job("second.mp4", 0);
        Job urgent = job("urgent.mp4", 5);
        Job late = job("late.mp4", -5);
        for (Job job : new Job[] {late, first, second, urgent}) {
            store.add(job).block();
        }
        for (Job expected : new Job[] {urgent, first, second, late}) {
            Job next = store.next().block();
            assertThat(next).isEqualTo(expected);
            assertThat(store.begin(expected.id()).block()).isTrue();
            assertThat(store.begin(expected.id()).block()).as("twice").isFalse();
        }
        StepVerifier.create(store.next()).verifyComplete();
    }

    @Test
    void priorityCanChange() {
        Job first = job("first.mp4", 0);
        Job second = job("second.mp4", 0);
        store.add(first).then(store.add(second)).block();
        assertThat(store.prioritise(second.id(), 1).block()).isTrue();
        assertThat(store.next().block()).extracting(Job::id).isEqualTo(second.id());
        assertThat(store.prioritise("none", 1).block()).isFalse();
    }

    @Test
    void itGoesThroughItsStates() {
        Job job = job("clip.mp4", 0);
        store.add(job).block();
        assertThat(store.progress(job.id(), new JobProgress(1, 2, 3), Duration.ZERO)
                        .block())
                .as("before it runs")
                .isFalse();
        store.begin(job.id()).block();
        Instant started = find(job).started();
        assertThat(started).isNotNull();
        store.progress(job.id(), new JobProgress(50, 200, 12.5), Duration.ofMillis(4321))
                .block();
        assertThat(find(job).progress()).isEqualTo(new JobProgress(50, 200, 12.5));
        assertThat(find(job).progress().secondsLeft()).isEqualTo(12);
        assertThat(find(job).worked()).isEqualTo(Duration.ofMillis(4321));

        assertThat(move(job, JobState.RUNNING, JobState.PAUSED, 1, null)).isTrue();
        assertThat(find(job).ended()).isNull();
        assertThat(find(job).crashes()).isEqualTo(1);
        assertThat(move(job, JobState.RUNNING, JobState.DONE, 1, null))
                .as("it is paused")
                .isFalse();
        assertThat(move(job, JobState.PAUSED, JobState.QUEUED, 0, null)).isTrue();
        store.begin(job.id()).block();
        assertThat(find(job).started()).as("for the first time").isEqualTo(started);
        assertThat(find(job).worked()).as("all in all").isEqualTo(Duration.ofMillis(4321));
        assertThat(move(job, JobState.RUNNING, JobState.FAILED, 0, "no frame")).isTrue();
        assertThat(find(job).error()).isEqualTo("no frame");
        assertThat(find(job).ended()).isNotNull();
        assertThat(move(job, JobState.FAILED, JobState.QUEUED, 0, null)).isTrue();
        assertThat(find(job).error()).isNull();
        assertThat(find(job).ended()).isNull();
        assertThat(find(job).worked()).as("since then").isZero();
    }

    @Test
    void ofALongErrorTheBeginningIsKept() {
        Job job = job("clip.mp4", 0);
        store.add(job).block();
        String error = "broken\0".repeat(500) + "\uD83D\uDE00".repeat(700);
        assertThat(move(job, JobState.QUEUED, JobState.FAILED, 1, error)).isTrue();
        assertThat(find(job).error())
                .startsWith("broken broken ")
                .endsWith("\u2026")
                .hasSizeLessThanOrEqualTo(4096);
    }

    @Test
    void whatRanIsQueuedAfterARestart() {
        Job ran = job("ran.mp4", 0);
        Job paused = job("paused.mp4", 0);
        store.add(ran).then(store.add(paused)).block();
        store.begin(ran.id()).block();
        move(paused, JobState.QUEUED, JobState.PAUSED, 0, null);
        store.recover().block();
        assertThat(find(ran).state()).isEqualTo(JobState.QUEUED);
        assertThat(find(paused).state()).isEqualTo(JobState.PAUSED);
    }

    @Test
    void theyAreListedAndCountedByState() {
        for (int i = 0; i < 5; i++) {
            store.add(job("clip" + i + ".mp4", 0)).block();
        }
        move(store.next().blockOptional().orElseThrow(), JobState.QUEUED, JobState.CANCELLED, 0, null);
        assertThat(names(Set.of(), 2, 0)).containsExactly("clip4.mp4", "clip3.mp4");
        assertThat(names(Set.of(), 2, 4)).containsExactly("clip0.mp4");
        assertThat(names(Set.of(JobState.CANCELLED, JobState.DONE), 9, 0)).containsExactly("clip0.mp4");
        assertThat(store.counts().block()).isEqualTo(Map.of(JobState.QUEUED, 4L, JobState.CANCELLED, 1L));
    }

    @Test
    void oldOnesAreFoundAndDeleted() {
        Job job = job("clip.mp4", 0);
        store.add(job).block();
        Instant later = Instant.now().plusSeconds(5);
        StepVerifier.create(store.endedBefore(later)).verifyComplete();
        move(job, JobState.QUEUED, JobState.CANCELLED, 0, null);
        StepVerifier.create(store.endedBefore(later)).expectNextCount(1).verifyComplete();
        StepVerifier.create(store.endedBefore(Instant.now().minusSeconds(5))).verifyComplete();
        assertThat(store.delete(job.id()).block()).isTrue();
        assertThat(store.delete(job.id()).block()).isFalse();
        StepVerifier.create(store.find(job.id())).verifyComplete();
    }

    @Test
    void aWatchedFileIsKnownAsItWas() {
        WatchedFile file = new WatchedFile("/in/clip.mp4", 100, 12345);
        assertThat(store.knows(file).block()).isFalse();
        store.add(job("clip.mp4", 0), file).block();
        assertThat(store.knows(file).block()).isTrue();
        WatchedFile changed = new WatchedFile("/in/clip.mp4", 101, 12345);
        assertThat(store.knows(changed).block()).isFalse();
        store.add(job("clip.mp4", 0), changed).block();
        assertThat(store.knows(changed).block()).isTrue();
        store.forget(file.path()).block();
        assertThat(store.knows(changed).block()).isFalse();
    }

    @Test
    void aWatchedFileIsKnownOnlyWithItsJob() {
        Job job = job("clip.mp4", 0);
        WatchedFile file = new WatchedFile("/in/clip.mp4", 100, 12345);
        store.add(job).block();
        StepVerifier.create(store.add(job, file)).verifyError();
        assertThat(store.knows(file).block()).isFalse();
    }

    private Job find(Job job) {
        return store.find(job.id()).blockOptional().orElseThrow();
    }

    private boolean move(Job job, JobState from, JobState to, int crashes, @Nullable String error) {
        return Boolean.TRUE.equals(
                store.move(job.id(), Set.of(from), to, crashes, error).block());
    }

    private List<String> names(Set<JobState> states, int limit, long offset) {
        return store.list(states, limit, offset)
                .map(Job::name)
                .collectList()
                .blockOptional()
                .orElseThrow();
    }

    private static Job job(String name, int priority) {
        return Job.queued(name, null, Upscaling.USUAL, null, priority);
    }
}
