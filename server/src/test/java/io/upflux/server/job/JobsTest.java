package io.upflux.server.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.server.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs and the processes that work on them, through whatever ends either. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class JobsTest {
    @TempDir
    private Path folder;

    private TestJobs test;

    @BeforeEach
    void make() {
        test = new TestJobs(folder);
    }

    @AfterEach
    void close() {
        test.close();
    }

    @ParameterizedTest
    @EnabledOnOs(OS.LINUX)
    @ValueSource(strings = {"KILL", "SEGV"})
    void aJobGoesOnAfterACrashAPauseAndARestart(String signal) throws Exception {
        Path clip = TestJobs.clip(Files.createDirectory(folder.resolve("films")).resolve("clip.mkv"), TestJobs.SECONDS);
        test.start("");
        String id = test.create(clip);

        long crashed = test.await(id, 1);
        Path segment = test.job(id).resolve(".output.mkv.upflux/000000.packets");
        FileTime made = Files.getLastModifiedTime(segment);
        TestJobs.execute("prlimit", "--pid", String.valueOf(crashed), "--core=unlimited");
        TestJobs.signal(signal, crashed);
        TestJobs.await(() -> test.find(id).crashes() == 1 && test.pid(id) > 0 && test.pid(id) != crashed);
        TestJobs.await(() -> test.log(id).contains(" of 5 segments are there already"));
        test.await(id, 2);
        assertThat(Files.getLastModifiedTime(segment))
                .as("it is not made again")
                .isEqualTo(made);
        assertThat(Stream.of(test.job(id), Path.of(""))
                        .flatMap(place -> TestJobs.names(place).stream())
                        .filter(name -> name.startsWith("core")))
                .isEmpty();
        assertThat(Files.exists(test.job(id).resolve("crash-" + crashed + ".log")))
                .as("it says where")
                .isEqualTo(signal.equals("SEGV"));
        assertThat(test.jobs().change(id, JobState.PAUSED).block())
                .extracting(Job::state)
                .isEqualTo(JobState.PAUSED);
        assertThat(test.pid(id)).as("no process works on it").isZero();
        int finished = test.segments(id);
        assertThat(finished).isBetween(2, 4);

        test.restart();
        assertThat(test.find(id).state()).as("it stays paused").isEqualTo(JobState.PAUSED);
        test.jobs().change(id, JobState.QUEUED).block();
        TestJobs.await(() -> test.pid(id) > 0);
        test.restart();

        Job done = test.done(id);
        assertThat(done.progress().frames()).isEqualTo(TestJobs.SECONDS * TestJobs.RATE);
        assertThat(TestJobs.frames(test.jobs().output(done))).isEqualTo(TestJobs.SECONDS * TestJobs.RATE);
        assertThat(done.outputName()).isEqualTo("clip.mkv");
        assertThat(TestJobs.names(test.job(id)))
                .filteredOn(name -> !name.startsWith("crash-"))
                .containsExactlyInAnyOrder("log.txt", "output.mkv", "newest.jpeg");

        assertThat(test.jobs().delete(id).block()).isTrue();
        assertThat(test.job(id)).doesNotExist();
        assertThat(clip).as("the input is not the job's").exists();
    }

    @Test
    void aPartOfAFilmStaysThatPartThroughAPauseAndARestart() throws IOException {
        Path clip = TestJobs.clip(folder.resolve("clip.mkv"), TestJobs.SECONDS);
        test.start("");
        JobRequest part =
                TestJobs.request("input", clip.toString(), "start", "0:10", "duration", "45s", "device", "cpu");
        String id = test.jobs().create(part).blockOptional().orElseThrow().id();
        test.await(id, 1);
        test.jobs().change(id, JobState.PAUSED).block();
        test.restart();
        assertThat(test.find(id).upscaling().start()).isEqualTo("0:10");
        assertThat(test.find(id).upscaling().duration()).isEqualTo("45s");
        assertThat(test.find(id).upscaling().device()).isEqualTo("cpu");
        test.jobs().change(id, JobState.QUEUED).block();
        Job done = test.done(id);
        assertThat(test.log(id)).contains(" of 4 segments are there already");
        assertThat(TestJobs.frames(test.jobs().output(done))).isEqualTo((TestJobs.SECONDS - 10) * TestJobs.RATE);
    }

    @Test
    void aServerThatIsKilledTakesItsProcessesAlongAndTheNextOneGoesOn() throws Exception {
        Path in = Files.createDirectory(folder.resolve("in"));
        Path out = folder.resolve("out");
        String watch = "watch: [{folder: %s, output: %s, settle: 300ms, model: bicubic-x2}]".formatted(in, out);
        Path file = Files.writeString(folder.resolve("upflux.yml"), "address: 127.0.0.1:0\n" + test.yaml(watch));
        TestJobs.clip(in.resolve("clip.mkv"), TestJobs.SECONDS);
        Process server = ServerProcess.start(file, folder.resolve("server.log"));
        String id;
        ProcessHandle worker;
        try {
            TestJobs.await(
                    () -> test.folders().size() == 1 && test.pid(test.folders().get(0)) > 0);
            id = test.folders().get(0);
            worker = ProcessHandle.of(test.await(id, 1)).orElseThrow();
        } finally {
            server.destroyForcibly().waitFor();
        }
        worker.onExit().get(60, TimeUnit.SECONDS);
        assertThat(test.segments(id)).isBetween(1, 4);

        test.open(watch);
        assertThat(test.find(id).state()).isEqualTo(JobState.QUEUED);
        test.jobs().start();
        test.done(id);
        assertThat(TestJobs.frames(out.resolve("clip.mkv"))).isEqualTo(TestJobs.SECONDS * TestJobs.RATE);
        Thread.sleep(1000);
        assertThat(test.jobs().count(Set.of()).block())
                .as("a file becomes a job once")
                .isEqualTo(1);
        assertThat(TestJobs.names(out)).containsExactly("clip.mkv");
    }

    @Test
    void whatHasEndedIsForgottenInTime() throws IOException {
        test.open("keep: 1ms");
        Job job = test.jobs()
                .create(TestJobs.request(
                        "input", TestJobs.clip(folder.resolve("a.ts"), 1).toString()))
                .blockOptional()
                .orElseThrow();
        test.jobs().change(job.id(), JobState.CANCELLED).block();
        Instant ended = Objects.requireNonNull(test.find(job.id()).ended());
        Files.createDirectories(test.job(job.id()));
        // The first look is at the start, the next ten minutes later.
        TestJobs.await(() -> Instant.now().isAfter(ended.plusMillis(10)));
        test.jobs().start();
        TestJobs.await(() -> test.jobs().count(Set.of()).blockOptional().orElseThrow() == 0);
        assertThat(test.folders()).isEmpty();
    }

    @Test
    void whatAKilledServerLeftHalfMadeIsSweptAway() throws IOException {
        String id = "01234567-89ab-cdef-0123-456789abcdef";
        Path root = Files.createDirectory(folder.resolve("jobs"));
        Files.writeString(Files.createDirectory(root.resolve(id + ".partial")).resolve("input.mp4"), "half");
        Files.writeString(Files.createDirectory(root.resolve(id + ".deleted")).resolve("input.mp4"), "half");
        Files.createDirectory(root.resolve("mine.partial"));
        test.open("");
        assertThat(test.folders()).containsExactly("mine.partial");
    }
}
