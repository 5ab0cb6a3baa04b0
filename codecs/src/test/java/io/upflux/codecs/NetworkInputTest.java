package io.upflux.codecs;

import static io.upflux.codecs.FfmpegPrograms.clip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;

/** Servers, to which no local list leads, and for which nobody waits for ever. */
class NetworkInputTest extends SourceFrames {
    @Test
    void aLocalPlaylistCannotReachTheNetwork() throws IOException {
        try (ServerSocket server = new ServerSocket(0)) {
            Path list = Files.writeString(
                    folder.resolve("list.m3u8"),
                    "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:" + server.getLocalPort()
                            + "/a.ts\n#EXT-X-ENDLIST\n",
                    StandardCharsets.UTF_8);
            server.setSoTimeout(500);
            assertThatThrownBy(() ->
                            MediaSource.open(list.toString(), DEFAULTS, notices).close())
                    .isInstanceOf(StreamException.class);
            assertThatThrownBy(server::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void aServerThatNeverAnswersMeetsItsDeadline() throws IOException {
        try (ServerSocket server = new ServerSocket(0)) {
            String url = "http://127.0.0.1:" + server.getLocalPort() + "/live.ts";
            long start = System.nanoTime();
            assertThatThrownBy(() -> MediaSource.open(
                                    url,
                                    DEFAULTS.withDeadlines(Duration.ofMillis(700), Duration.ofMillis(700)),
                                    notices)
                            .close())
                    .isInstanceOf(StreamException.class)
                    .hasMessageContaining("no answer within the deadline");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        }
    }

    @Test
    void interruptEndsAStalledRead() throws Exception {
        Path clip = clip(folder.resolve("served.ts"), "testsrc2=size=48x32:rate=25:duration=1", "-c:v", "mpeg2video");
        byte[] bytes = Files.readAllBytes(clip);
        try (ServerSocket server = new ServerSocket(0)) {
            CompletableFuture<Void> served = CompletableFuture.runAsync(
                    () -> {
                        try (var socket = server.accept()) {
                            socket.getOutputStream()
                                    .write("HTTP/1.1 200 OK\r\nContent-Type: video/mp2t\r\n\r\n"
                                            .getBytes(StandardCharsets.US_ASCII));
                            socket.getOutputStream().write(bytes);
                            socket.getOutputStream().flush();
                            Thread.sleep(60_000);
                        } catch (IOException | InterruptedException e) {
                            // The client has gone.
                        }
                    },
                    Schedulers.boundedElastic()::schedule);
            String url = "http://127.0.0.1:" + server.getLocalPort() + "/live.ts";
            MediaSource source = MediaSource.open(
                    url,
                    DEFAULTS.withDeadlines(Duration.ofSeconds(30), Duration.ofSeconds(60))
                            .withDemuxerOptions(Map.of("analyzeduration", "100000", "probesize", "5000")),
                    notices);
            CompletableFuture<Throwable> failure = new CompletableFuture<>();
            Thread reading = new Thread(() -> source.frames(scope)
                    .doOnNext(VideoFrame::close)
                    .subscribe(frame -> {}, failure::complete, () -> failure.complete(new AssertionError("ended"))));
            reading.start();
            Thread.sleep(500);
            source.interrupt();
            assertThat(failure.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(StreamException.class)
                    .hasMessageContaining("stopped");
            reading.join();
            source.close();
            served.cancel(true);
        }
    }
}
