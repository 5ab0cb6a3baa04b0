package io.upflux.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.codecs.FfmpegPrograms;
import io.upflux.server.cli.Console;
import io.upflux.server.cli.UpfluxCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Submitted to executors that are processes of their own, where things happen to them. */
class LocalClusterTest {
    private static final List<String> OPTIONS = List.of(
            "--threads", "1", "--segment", "1s", "--video-codec", "mpeg4", "--reuse", "off", "--no-progress", "--json");

    @TempDir
    private Path folder;

    private Path films;
    private Path made;

    @BeforeEach
    void makeFolders() throws IOException {
        films = Files.createDirectory(folder.resolve("films"));
        made = folder.resolve("made");
    }

    @Test
    void aKilledExecutorChangesNothing() throws Exception {
        clip("clip.mkv", 8);
        Submission submission = Submission.in(folder).with("spark.hadoop.fs.stored.impl", StoredFiles.class.getName());
        try (Submission.Running running = submission.start("local-cluster[2,1,600]", arguments("stored:", "cpu"))) {
            running.await(LocalClusterTest.this::isBegun);
            running.anyExecutor().destroyForcibly();
            assertThat(running.end()).as(running.said()).isZero();
        }
        assertMade("clip.mkv");
    }

    @Test
    void aFrozenExecutorIsOvertaken() throws Exception {
        clip("clip.mkv", 8);
        Submission submission = Submission.in(folder)
                .through(TwoHosts.class)
                .with("spark.speculation", true)
                .with("spark.speculation.interval", "100ms")
                .with("spark.speculation.quantile", 0.5);
        try (Submission.Running running = submission.start("two-hosts", arguments("", "cpu"))) {
            running.await(LocalClusterTest.this::isBegun);
            ProcessHandle frozen = running.anyExecutor();
            signal("STOP", frozen);
            try {
                running.await(any -> Files.exists(made.resolve("clip.mkv")));
            } finally {
                signal("CONT", frozen);
            }
            assertThat(running.end()).as(running.said()).isZero();
        }
        assertMade("clip.mkv");
    }

    @Test
    void everyTaskComputesOnTheGpuThatSparkAssignsIt() throws Exception {
        for (int i = 0; i < 8; i++) {
            clip(i + ".mkv", 1);
        }
        Path discovery = Files.writeString(
                folder.resolve("gpus.sh"), "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"98\", \"99\"]}'\n");
        assertThat(discovery.toFile().setExecutable(true)).isTrue();
        Submission submission = Submission.in(folder)
                .with("spark.worker.resource.gpu.amount", 2)
                .with("spark.worker.resource.gpu.discoveryScript", discovery)
                .with("spark.executor.resource.gpu.amount", 1)
                .with("spark.task.resource.gpu.amount", 1)
                .with("spark.executor.cores", 1)
                .with("spark.scheduler.minRegisteredResourcesRatio", 1)
                .with("spark.task.maxFailures", 1);
        try (Submission.Running running = submission.start("local-cluster[1,2,1200]", arguments("", "auto"))) {
            assertThat(running.end()).isEqualTo(1);
            assertThat(running.said())
                    .containsPattern("failed .*: plain-s-x2: does not run on cuda:98: ")
                    .containsPattern("failed .*: plain-s-x2: does not run on cuda:99: ")
                    .contains("0 done, 0 there already, 8 failed");
        }
        assertThat(files()).isEmpty();
    }

    private String[] arguments(String scheme, String device) {
        List<String> arguments =
                new ArrayList<>(List.of("run", scheme + films, "-o", scheme + made, "--device", device));
        arguments.addAll(OPTIONS);
        return arguments.toArray(String[]::new);
    }

    private boolean isBegun(Submission.Running running) {
        Path work = made.resolve(".clip.mkv.upflux");
        return Files.exists(work.resolve("000000.json")) || Files.exists(work.resolve("000001.json"));
    }

    private static void signal(String name, ProcessHandle process) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start();
        assertThat(kill.waitFor(1, TimeUnit.MINUTES)).isTrue();
    }

    /** The film and nothing else, as the ordinary job makes it undisturbed. */
    private void assertMade(String name) throws IOException {
        assertThat(files()).containsExactly(made.resolve(name));
        Path whole = folder.resolve(name);
        List<String> arguments =
                new ArrayList<>(List.of("upscale", films.resolve(name).toString()));
        arguments.addAll(List.of("-o", whole.toString(), "--device", "cpu"));
        arguments.addAll(OPTIONS);
        PrintStream said = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        assertThat(UpfluxCommand.execute(new Console(said, said, false), arguments.toArray(String[]::new)))
                .isZero();
        assertThat(FfmpegPrograms.frames(made.resolve(name).toString()))
                .isEqualTo(FfmpegPrograms.frames(whole.toString()));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(made)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private void clip(String name, int seconds) {
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=192x128:rate=10:duration=" + seconds,
                "-c:v",
                "mpeg4",
                "-g",
                "10",
                films.resolve(name).toString());
    }
}
