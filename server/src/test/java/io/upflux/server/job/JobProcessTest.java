package io.upflux.server.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a process of a job is ended; what becomes of the job then is {@link JobLimitsTest}'s. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JobProcessTest {
    private static final int KILLED = 128 + 9;
    private static final Duration LONG = Duration.ofMinutes(10);

    @TempDir
    private Path folder;

    /** What it has started holds its output open, so nothing would be read to its end while that goes on. */
    @Test
    void oneThatTellsNothingIsEndedWithAllThatItHasStarted() throws Exception {
        try (JobProcess process = start("sleep 300 & echo '{\"frame\": 1}'; wait", Duration.ofSeconds(1), LONG)) {
            assertThat(read(process)).containsExactly(1);
            assertThat(process.exitCode()).isEqualTo(KILLED);
            JobEnd verdict = JobRows.required(process.verdict());
            assertThat(verdict.kind()).isEqualTo(JobEnd.Kind.CRASHED);
            assertThat(verdict.reason())
                    .matches("its process told nothing for [1-9]\\d* s, longer than jobs.stall allows");
        }
        assertThat(folder.resolve("process")).doesNotExist();
    }

    @Test
    void oneThatTellsSomethingNowAndThenGoesOn() throws Exception {
        String lines = "for i in 1 2 3 4 5 6 7 8; do echo \"{\\\"frame\\\": $i}\"; sleep 0.5; done";
        try (JobProcess process = start(lines, Duration.ofSeconds(3), LONG)) {
            assertThat(read(process)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
            assertThat(process.exitCode()).isZero();
            assertThat(process.verdict()).isNull();
        }
    }

    @Test
    void oneThatDoesNotEndWhenItIsAskedToIsKilled() throws Exception {
        try (JobProcess process = start("echo '{\"frame\": 1}'; kill -STOP $$", LONG, Duration.ofMillis(500))) {
            process.interrupt();
            assertThat(read(process)).containsExactly(1);
            assertThat(process.exitCode()).isEqualTo(KILLED);
            assertThat(process.verdict()).as("it did nothing wrong before").isNull();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, DONE",
        "1, FAILED",
        "3, FAILED",
        "130, STOPPED",
        "143, STOPPED",
        "137, CRASHED",
        "139, CRASHED",
        "7, CRASHED"
    })
    void howItEndedIsToldFromItsExitCode(int exitCode, JobEnd.Kind kind) {
        assertThat(ProcessWorker.end(exitCode, "what was wrong", null).kind()).isEqualTo(kind);
    }

    private JobProcess start(String script, Duration stall, Duration grace) throws IOException {
        return JobProcess.start(
                List.of("/bin/sh", "-c", script),
                folder.resolve("log.txt"),
                folder.resolve("process"),
                new ProcessLimits(1L << 40, stall, grace));
    }

    private static List<Integer> read(JobProcess process) throws IOException {
        List<Integer> frames = new ArrayList<>();
        process.read(line -> frames.add(line.path("frame").asInt()));
        return frames;
    }
}
