package io.upflux.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputLockTest {
    private static final String OTHER = "app-2 on elsewhere 01234567-89ab";

    @TempDir
    private Path folder;

    @Test
    void anothersLockIsNotRemoved() throws IOException {
        OutputLock lock = take(Duration.ofHours(1));
        Path file = takeOver();
        assertTakenOver(lock);
        assertThat(file).hasContent(OTHER);
    }

    @Test
    void anothersLockIsNotRenewedAndEndsTheWorkOfTheHolder() throws IOException {
        OutputLock lock = take(Duration.ofMillis(200));
        Path file = takeOver();
        assertThatThrownBy(() -> new CountDownLatch(1).await(10, TimeUnit.SECONDS))
                .isInstanceOf(InterruptedException.class);
        assertThat(file).hasContent(OTHER);
        assertTakenOver(lock);
    }

    @Test
    void aLockThatIsGoneOrEmptyIsNobodyElses() throws IOException {
        OutputLock lock = take(Duration.ofHours(1));
        Path file = Files.writeString(folder.resolve(".upflux.lock"), "");
        lock.requireHeld();
        Files.delete(file);
        lock.requireHeld();
        lock.close();
        assertThat(folder).isEmptyDirectory();
    }

    private OutputLock take(Duration renewed) {
        return OutputLock.take(
                new org.apache.hadoop.fs.Path(folder.toUri()), "app-1 on here", new Configuration(), renewed);
    }

    private Path takeOver() throws IOException {
        return Files.writeString(folder.resolve(".upflux.lock"), OTHER);
    }

    private void assertTakenOver(OutputLock lock) {
        assertThatThrownBy(lock::close)
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith(folder + ": another job has taken over, ")
                .hasMessageContaining("(app-2 on elsewhere holds " + folder + "/.upflux.lock)");
    }
}
