package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.codecs.FfmpegPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.scheduler.Schedulers;
import sun.misc.Signal;

/** Runs that work on a clip in eight segments of a second, and can be interrupted between two of them. */
abstract class SegmentedRun {
    static final int SECONDS = 8;
    static final int FRAMES = 25 * SECONDS;

    final Streams streams = new Streams();

    @TempDir
    Path folder;

    Path clip;
    Path output;
    Path work;

    @BeforeEach
    void makeClip() {
        clip = folder.resolve("clip.mkv");
        output = folder.resolve("out.mkv");
        work = folder.resolve(".out.mkv.upflux");
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=320x240:rate=25:duration=" + SECONDS,
                "-f",
                "lavfi",
                "-i",
                "sine=duration=" + SECONDS,
                "-c:v",
                "mpeg4",
                "-bf",
                "2",
                "-g",
                "40",
                "-c:a",
                "aac",
                clip.toString());
    }

    /** The words of a run whose output is {@code to}; an option that is given again replaces that of all runs. */
    String[] command(Path to, String... more) {
        List<String> words = new ArrayList<>(
                List.of("upscale", clip.toString(), "-o", to.toString(), "-n", "bicubic-x2", "--segment", "1"));
        for (int i = 0; i < more.length; i++) {
            int given = words.indexOf(more[i]);
            if (more[i].startsWith("-") && given >= 0) {
                words.set(given + 1, more[++i]);
            } else {
                words.add(more[i]);
            }
        }
        return words.toArray(String[]::new);
    }

    /** Stops a job when some of its segments are finished and others are not. */
    void interrupt() throws Exception {
        CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(
                () -> streams.upflux(command(output)), Schedulers.boundedElastic()::schedule);
        awaitSegments(exit);
        // Where nothing waits for the signal, it ends this process.
        assertThat(exit).describedAs(streams.err()).isNotDone();
        Signal.raise(new Signal("TERM"));
        assertThat(exit.get(60, TimeUnit.SECONDS)).describedAs(streams.err()).isEqualTo(130);
        assertThat(finished()).isBetween(1, SECONDS - 1);
    }

    void awaitSegments(CompletableFuture<Integer> exit) throws Exception {
        while (finished() < 1 && !exit.isDone()) {
            Thread.sleep(2);
        }
    }

    /** The number of segments that are there already. */
    int finished() throws IOException {
        Path journal = work.resolve("journal.jsonl");
        return Files.exists(journal)
                ? (int) Files.readAllLines(journal).stream()
                        .filter(line -> line.startsWith("{\"segment\""))
                        .count()
                : 0;
    }

    /** Every picture decoded, every packet of sound as it is, with times. */
    static List<String> content(Path file) {
        return FfmpegPrograms.frames(file.toString())
                .lines()
                .filter(line -> !line.startsWith("#"))
                .toList();
    }
}
