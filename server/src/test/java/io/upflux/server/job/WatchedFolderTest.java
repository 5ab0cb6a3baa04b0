package io.upflux.server.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.server.Await;
import io.upflux.server.config.Upscaling;
import io.upflux.server.config.WatchConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.Disposables;

/** Which files become jobs, and when. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class WatchedFolderTest {
    private static final Duration SETTLE = Duration.ofMillis(400);
    private static final Upscaling UPSCALING =
            new Upscaling("plain-s", null, 2, null, null, null, null, null, null, null, 20, null, "webm");

    @TempDir
    private Path folder;

    private Path in;
    private Path out;
    private Database database;
    private JobStore store;
    private Disposable watching = Disposables.disposed();

    @BeforeEach
    void openStore() {
        in = folder.resolve("in");
        out = folder.resolve("out");
        database = Database.open(null, folder.resolve("jobs"));
        store = new JobStore(database);
    }

    @AfterEach
    void close() {
        watching.dispose();
        database.close();
    }

    @Test
    void aFileBecomesAJobAsTheFolderSays() throws IOException {
        Path file = file("clip.mkv", "video");
        watch();
        Job job = jobs(1).get(0);
        assertThat(job.state()).isEqualTo(JobState.QUEUED);
        assertThat(job.name()).isEqualTo("clip.mkv");
        assertThat(job.input()).isEqualTo(file.toString());
        assertThat(job.delivery()).isEqualTo(out);
        assertThat(job.priority()).isEqualTo(7);
        assertThat(job.upscaling()).isEqualTo(UPSCALING);
    }

    @Test
    void aFileThatGrowsWaitsUntilItIsWhole() throws IOException {
        watch(Duration.ofSeconds(2));
        Path growing = file("growing.mkv", "v");
        for (int i = 0; i < 40; i++) {
            pause(Duration.ofMillis(50));
            Files.writeString(growing, "video", StandardOpenOption.APPEND);
        }
        jobs(1);
        assertThat(known(WatchedFile.of(growing)))
                .as("it was taken as it is now")
                .isTrue();
    }

    @Test
    void whatIsNoMediaOrHiddenOrEmptyIsLeftAlone() throws IOException {
        file("notes.txt", "text");
        file(".clip.mkv.part.mkv", "half");
        file("empty.mkv", "");
        Files.createDirectories(in.resolve("folder.mkv"));
        watch();
        file("clip.mkv", "video");
        jobs(1);
        lookTwice();
        assertThat(jobs()).extracting(Job::name).containsExactly("clip.mkv");
    }

    @Test
    void aFileBecomesAJobAgainOnlyWhenItHasChanged() throws IOException {
        Path file = file("clip.mkv", "video");
        watch();
        jobs(1);
        watching.dispose();
        watch();
        lookTwice();
        assertThat(jobs()).as("another server knows it").hasSize(1);
        Files.writeString(file, "another video");
        jobs(2);
        WatchedFile before = WatchedFile.of(file);
        Files.delete(file);
        await(() -> !known(before));
        file("clip.mkv", "another video");
        Files.setLastModifiedTime(file, FileTime.fromMillis(before.modifiedMillis()));
        jobs(3);
    }

    @Test
    void aFolderThatComesLaterIsWatchedThen() throws IOException {
        watch();
        lookTwice();
        file("clip.mkv", "video");
        jobs(1);
    }

    @Test
    void filesWaitUntilThereIsRoom() throws IOException {
        file("one.mkv", "video");
        file("two.mkv", "video");
        file("three.mkv", "video");
        watch(SETTLE, 2);
        jobs(2);
        lookTwice();
        assertThat(jobs()).hasSize(2);
        store.begin(jobs().get(0).id()).block();
        assertThat(jobs(3)).extracting(Job::name).containsExactlyInAnyOrder("one.mkv", "two.mkv", "three.mkv");
    }

    private void watch() {
        watch(SETTLE);
    }

    private void watch(Duration settle) {
        watch(settle, 1000);
    }

    private void watch(Duration settle, int queueLimit) {
        watching = new WatchedFolder(
                        new WatchConfig(in, out, settle, 7, UPSCALING),
                        store,
                        new Admission(store, queueLimit),
                        new JobChanges())
                .watch();
    }

    private boolean known(WatchedFile file) {
        return store.knows(file).blockOptional().orElseThrow();
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(Files.createDirectories(in).resolve(name), content);
    }

    private List<Job> jobs() {
        return store.list(Set.of(), 10, 0).collectList().blockOptional().orElseThrow();
    }

    /** Once there are so many. */
    private List<Job> jobs(int count) {
        await(() -> jobs().size() >= count);
        assertThat(jobs()).hasSize(count);
        return jobs();
    }

    /** A file that comes now has settled, and was taken, after any that was there before. */
    private void lookTwice() {
        pause(SETTLE.multipliedBy(3));
    }

    private static void await(BooleanSupplier what) {
        Await.within(Duration.ofSeconds(60), what);
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
