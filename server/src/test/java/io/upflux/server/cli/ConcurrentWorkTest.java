package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;

/** What goes on at the same time: segments of one run do, runs with one output do not. */
class ConcurrentWorkTest extends SegmentedRun {
    @Test
    void severalAtATimeGiveTheSameFramesInOrder() {
        Path whole = folder.resolve("whole.mkv");
        assertThat(new Streams().upflux(command(whole, "--threads", "1"))).isZero();
        assertThat(streams.upflux(command(output, "--threads", "3", "--jobs", "3")))
                .describedAs(streams.err())
                .isZero();
        assertThat(content(output)).isEqualTo(content(whole));
    }

    @Test
    void twoOnOneOutputIsRefused() throws Exception {
        Files.createDirectory(work);
        Path lock = work.resolve("lock");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = channel.lock()) {
            assertThat(held.isValid()).isTrue();
            assertInUse(streams, lock);
        }
    }

    @Test
    void twoProcessesOnOneOutputAreRefused() throws Exception {
        Files.createDirectory(work);
        Path lock = work.resolve("lock");
        Path holder = Files.writeString(folder.resolve("Holder.java"), """
                import java.nio.channels.FileChannel;
                import java.nio.file.Path;
                import java.nio.file.StandardOpenOption;

                class Holder {
                    public static void main(String[] lock) throws Exception {
                        FileChannel.open(Path.of(lock[0]), StandardOpenOption.CREATE, StandardOpenOption.WRITE).lock();
                        System.out.println("held");
                        System.in.read();
                    }
                }
                """);
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        holder.toString(),
                        lock.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said = other.inputReader()) {
            assertThat(said.readLine()).isEqualTo("held");
            assertInUse(streams, lock);
        } finally {
            other.destroyForcibly().waitFor();
        }
        // Its end ends the lock, however it came.
        Streams afterwards = new Streams();
        assertThat(afterwards.upflux(command(output)))
                .describedAs(afterwards.err())
                .isZero();
        assertThat(work).doesNotExist();
    }

    private void assertInUse(Streams refused, Path lock) {
        assertThat(refused.upflux(command(output))).isEqualTo(1);
        assertThat(refused.err().lines())
                .containsExactly("upflux: " + output + ": another process is writing it (it holds " + lock
                        + "); wait for its end or choose another output");
    }
}
