package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;

/** Disks, folders and inputs that a run needs and loses, or never has. */
class StorageFailuresTest extends SegmentedRun {
    @Test
    void aFullDiskKeepsWhatIsFinished() throws Exception {
        assumeThat(Path.of("/dev/full")).exists();
        interrupt();
        int next = finished();
        Path link = work.resolve(String.format("%06d.packets.partial", next));
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, Path.of("/dev/full"));

        Streams again = new Streams();
        assertThat(again.upflux(command(output, "--resume", "--no-progress"))).isEqualTo(1);
        assertThat(again.err())
                .contains(link + ": cannot be written: No space left on device; " + next + " of ")
                .contains(" segments are kept in " + work + ", --resume continues");
        assertThat(output).doesNotExist();

        assertThat(streams.upflux(command(output, "--resume")))
                .describedAs(streams.err())
                .isZero();
    }

    @Test
    void anInputThatVanishesKeepsWhatIsFinished() throws Exception {
        CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(
                () -> streams.upflux(command(output)), Schedulers.boundedElastic()::schedule);
        awaitSegments(exit);
        Files.move(clip, folder.resolve("elsewhere.mkv"));
        assertThat(exit.get(60, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(streams.err()).contains(clip + ": no such file; ", "--resume continues");

        assertThat(streams.upflux(command(output, "--resume"))).isEqualTo(1);
        Files.move(folder.resolve("elsewhere.mkv"), clip);
        assertThat(streams.upflux(command(output, "--resume")))
                .describedAs(streams.err())
                .isZero();
    }

    @Test
    void aFolderThatCannotBeWrittenIsOneLine() {
        assumeThat(Path.of("/sys")).isDirectory();
        Path there = Path.of("/sys/out.mkv");
        assertThat(streams.upflux(command(there))).isEqualTo(1);
        assertThat(streams.err().lines()).singleElement().asString().startsWith("upflux: " + there + ": cannot write");
    }
}
