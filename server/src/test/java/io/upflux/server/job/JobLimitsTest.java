package io.upflux.server.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.server.config.ConfigFile;
import io.upflux.server.config.ServerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that take more than they may: of their input, of memory, of time. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class JobLimitsTest {
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

    @Test
    void anInputThatIsTooLongFailsAtOnce() throws IOException {
        ServerConfig config =
                ConfigFile.parse("test", test.yaml("").stripTrailing() + "\nlimits: {duration: 500ms}\n", Map.of());
        test.use(Jobs.open(JobRows.required(config.jobs()), config.allowedSources()))
                .start();
        Job ended = test.run(TestJobs.clip(folder.resolve("long.mkv"), 1).toString());
        assertThat(ended.state()).isEqualTo(JobState.FAILED);
        assertThat(ended.error())
                .endsWith(
                        "long.mkv: is longer than 0.5 s, which is all that is taken (--max-duration, limits.duration)");
        assertThat(ended.crashes()).isZero();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aProcessThatTakesMoreMemoryThanItMayFailsItsJobAtOnce() throws IOException {
        Path clip = TestJobs.clip(folder.resolve("large.mkv"), 5);
        test.start("memory: 64M\n  memoryLimit: 65M");
        Job ended = test.run(clip.toString());
        assertThat(ended.state()).isEqualTo(JobState.FAILED);
        assertThat(ended.error()).matches("took \\d+ MiB of memory; jobs.memoryLimit allows 65 MiB");
        assertThat(ended.crashes()).as("it would take as much again").isZero();
        assertThat(test.pid(ended.id())).as("no process works on it").isZero();

        test.restart();
        test.jobs().change(ended.id(), JobState.QUEUED).block();
        test.done(ended.id());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aProcessThatHangsIsEndedAndItsJobTriedAgainUntilItFails() throws IOException {
        Path clip = TestJobs.clip(folder.resolve("clip.mkv"), TestJobs.SECONDS);
        test.start("stall: 10s\n  tries: 2");
        String id = test.create(clip);
        long first = test.await(id, 1);
        TestJobs.signal("STOP", first);
        TestJobs.await(() -> test.find(id).crashes() == 1 && test.pid(id) > 0 && test.pid(id) != first);
        long second = test.pid(id);
        TestJobs.signal("STOP", second);
        Job ended = JobRows.required(test.jobs().follow(id).blockLast(Duration.ofSeconds(100)));
        assertThat(ended.state()).isEqualTo(JobState.FAILED);
        assertThat(ended.error())
                .matches("its process told nothing for \\d\\d s, longer than jobs.stall allows; that was try 2 of 2");
        assertThat(List.of(first, second))
                .noneMatch(pid -> ProcessHandle.of(pid).isPresent());
        assertThat(test.pid(id)).as("no process works on it").isZero();
        assertThat(test.segments(id)).as("what is finished stays").isPositive();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aProcessThatDoesNotEndWhenItsTimeIsOverIsKilled() throws IOException {
        Path clip = TestJobs.clip(folder.resolve("clip.mkv"), TestJobs.SECONDS);
        ServerConfig config = test.config("timeLimit: 3s");
        test.use(Jobs.open(JobRows.required(config.jobs()), config.allowedSources(), Duration.ofSeconds(1)))
                .start();
        String id = test.create(clip);
        TestJobs.await(() -> test.pid(id) > 0);
        long stopped = test.pid(id);
        TestJobs.signal("STOP", stopped);
        Job ended = JobRows.required(test.jobs().follow(id).blockLast(Duration.ofSeconds(20)));
        assertThat(ended.state()).isEqualTo(JobState.FAILED);
        assertThat(ended.error()).isEqualTo("took longer than allowed (jobs.timeLimit)");
        assertThat(ProcessHandle.of(stopped)).isEmpty();
        assertThat(test.pid(id)).as("no process works on it").isZero();
    }
}
