package io.upflux.codecs;

import static io.upflux.codecs.FfmpegPrograms.ffmpeg;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.scheduler.Schedulers;

/** Pipes and servers that fall silent. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BlockedInputTest {
    private static final InputOptions QUICK_PROBE = InputOptions.defaults()
            .withThreads(1)
            .withDemuxerOptions(Map.of("analyzeduration", "100000", "probesize", "5000"));

    @TempDir
    Path folder;

    private final Collected notices = new Collected();

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aPipeIsReadToItsEnd() throws Exception {
        byte[] clip = clip();
        Path pipe = pipe();
        CompletableFuture<Void> writing = CompletableFuture.runAsync(
                () -> write(pipe, clip, new CountDownLatch(0)), Schedulers.boundedElastic()::schedule);
        assertThat(Pictures.read(pipe, InputOptions.defaults(), notices)).hasSize(50);
        writing.get(10, TimeUnit.SECONDS);
        assertThat(notices.warnings).isEmpty();
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void startInAPipeIsReachedByReading() throws Exception {
        byte[] clip = clip();
        Path pipe = pipe();
        CompletableFuture.runAsync(
                () -> write(pipe, clip, new CountDownLatch(0)), Schedulers.boundedElastic()::schedule);
        assertThat(Pictures.read(pipe, InputOptions.defaults().withStart(Duration.ofMillis(1000)), notices))
                .hasSize(25);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "0"})
    void aPlaylistThatNeitherEndsNorGrowsMeetsItsDeadline(String duration) throws Exception {
        clip();
        String list =
                "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:" + duration + ",\n" + folder.resolve("clip.ts") + "\n";
        Path growing = Files.writeString(folder.resolve("list.m3u8"), list);
        InputOptions options = InputOptions.defaults().withDeadlines(Duration.ofSeconds(2), Duration.ofSeconds(2));
        assertThatThrownBy(() -> Pictures.read(growing, options, notices))
                .isInstanceOf(StreamException.class)
                .hasMessage(growing + ": nothing was added to the list, which does not end, within the deadline");
        Files.writeString(growing, list + "#EXT-X-ENDLIST\n");
        assertThat(Pictures.read(growing, options, notices)).hasSize(50);
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void interruptEndsAReadFromASilentPipe() throws Exception {
        byte[] clip = clip();
        Path pipe = pipe();
        CountDownLatch done = new CountDownLatch(1);
        CompletableFuture.runAsync(() -> write(pipe, clip, done), Schedulers.boundedElastic()::schedule);
        try (MediaSource source = MediaSource.open(pipe.toString(), QUICK_PROBE, notices)) {
            CompletableFuture<Throwable> failure = readUntilItFails(source);
            Thread.sleep(300);
            assertThat(failure).isNotDone();
            source.interrupt();
            assertThat(failure.get(5, TimeUnit.SECONDS))
                    .isInstanceOf(StreamException.class)
                    .hasMessageEndingWith(": reading was stopped");
        } finally {
            done.countDown();
        }
    }

    @Test
    void aServerThatFallsSilentMeetsTheReadDeadline() throws Exception {
        byte[] clip = clip();
        try (ServerSocket server = new ServerSocket(0)) {
            CompletableFuture.runAsync(
                    () -> serve(server, clip, clip.length, true), Schedulers.boundedElastic()::schedule);
            try (MediaSource source = MediaSource.open(
                    url(server), QUICK_PROBE.withDeadlines(Duration.ofSeconds(20), Duration.ofMillis(500)), notices)) {
                assertThat(readUntilItFails(source).get(10, TimeUnit.SECONDS))
                        .isInstanceOf(StreamException.class)
                        .hasMessageContaining("no answer within the deadline");
            }
        }
    }

    @Test
    void aConnectionThatBreaksOffGivesWhatCameAndSaysSo() throws Exception {
        byte[] clip = clip();
        try (ServerSocket server = new ServerSocket(0)) {
            CompletableFuture.runAsync(
                    () -> serve(server, clip, 2 * clip.length, false), Schedulers.boundedElastic()::schedule);
            assertThat(Pictures.read(url(server), QUICK_PROBE, notices)).hasSizeBetween(48, 50);
            assertThat(notices.warnings).anyMatch(line -> line.contains("reading ended early"));
        }
    }

    @Test
    void anUnknownOptionIsRefusedByName() {
        Path file = folder.resolve("clip.ts");
        clip();
        assertThatThrownBy(() -> MediaSource.open(
                        file.toString(),
                        InputOptions.defaults().withDemuxerOptions(Map.of("no_such_option", "1")),
                        notices))
                .isInstanceOf(StreamException.class)
                .hasMessage(file + ": the input does not know the option no_such_option");
    }

    @ParameterizedTest
    @CsvSource({"analyzeduration, abc", "probesize, -5"})
    void aWrongValueOfAnOptionIsToldByItsName(String option, String value) {
        Path file = folder.resolve("clip.ts");
        clip();
        assertThatThrownBy(() -> MediaSource.open(
                        file.toString(), InputOptions.defaults().withDemuxerOptions(Map.of(option, value)), notices))
                .isInstanceOf(StreamException.class)
                .hasMessage(file + ": the input does not take the value of " + option);
    }

    @Test
    void interruptsAndClosesInAnyOrderAreHarmless() throws Exception {
        clip();
        for (int i = 0; i < 30; i++) {
            MediaSource source =
                    MediaSource.open(folder.resolve("clip.ts").toString(), InputOptions.defaults(), notices);
            CompletableFuture<Throwable> reading = readUntilItFails(source);
            CompletableFuture<Void> interrupting =
                    CompletableFuture.runAsync(source::interrupt, Schedulers.boundedElastic()::schedule);
            reading.get(10, TimeUnit.SECONDS);
            source.close();
            source.interrupt();
            source.close();
            interrupting.get(10, TimeUnit.SECONDS);
        }
    }

    /** What ended the reading, on a thread of its own; an {@code EndOfStream} error when nothing was wrong. */
    private static CompletableFuture<Throwable> readUntilItFails(MediaSource source) {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        NativeScope scope = new NativeScope();
        Thread reading = new Thread(() -> source.frames(scope)
                .doOnNext(VideoFrame::close)
                .subscribe(
                        frame -> {},
                        failure::complete,
                        () -> failure.complete(new AssertionError("the stream has ended"))));
        reading.setDaemon(true);
        reading.start();
        return failure.whenComplete((how, never) -> scope.close());
    }

    private byte[] clip() {
        Path file = folder.resolve("clip.ts");
        ffmpeg("-f", "lavfi", "-i", "testsrc2=size=64x64:rate=25:duration=2", "-c:v", "mpeg2video", file.toString());
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Path pipe() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        return pipe;
    }

    private static void write(Path pipe, byte[] bytes, CountDownLatch thenClose) {
        try (OutputStream out = Files.newOutputStream(pipe)) {
            out.write(bytes);
            out.flush();
            thenClose.await();
        } catch (IOException | InterruptedException e) {
            // The reader has gone.
        }
    }

    private static void serve(ServerSocket server, byte[] bytes, int promised, boolean stay) {
        try (Socket socket = server.accept()) {
            OutputStream out = socket.getOutputStream();
            String length = stay ? "" : "Content-Length: " + promised + "\r\n";
            out.write(("HTTP/1.1 200 OK\r\nContent-Type: video/mp2t\r\n" + length + "\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(Arrays.copyOf(bytes, bytes.length));
            out.flush();
            if (stay) {
                Thread.sleep(30_000);
            }
        } catch (IOException | InterruptedException e) {
            // The client has gone.
        }
    }

    private static String url(ServerSocket server) {
        return "http://127.0.0.1:" + server.getLocalPort() + "/live.ts";
    }
}
