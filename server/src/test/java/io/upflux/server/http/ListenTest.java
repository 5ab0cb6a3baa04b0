package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.codecs.FfmpegPrograms;
import io.upflux.server.live.LiveStream;
import io.upflux.server.live.StreamState;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.scheduler.Schedulers;

/** Streams that wait for a peer of the ffmpeg program. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ListenTest {
    @TempDir
    Path folder;

    @Test
    void rtmpPeersComeAndLeaveAndComeAgain() throws IOException {
        String url = "rtmp://127.0.0.1:" + tcpPort() + "/live/cam";
        peersComeAndLeaveAndComeAgain(url, "flv");
    }

    @Test
    void srtPeersComeAndLeaveAndComeAgain() throws IOException {
        String url = "srt://127.0.0.1:" + udpPort();
        peersComeAndLeaveAndComeAgain(url, "mpegts");
    }

    /** Nothing but the end of the server ends the waiting. */
    @Test
    void waitingEndsAtOnce() throws IOException {
        try (TestServer server = listen("rtmp://127.0.0.1:" + tcpPort() + "/live/cam")) {
            LiveStream stream = cam(server);
            long start = System.nanoTime();
            stream.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            assertThat(stream.status().state()).isEqualTo(StreamState.CLOSED);
        }
    }

    private void peersComeAndLeaveAndComeAgain(String url, String format) {
        try (TestServer server = listen(url)) {
            LiveStream stream = cam(server);
            CompletableFuture<Void> sending = push(url, format);
            assertThat(FfmpegPrograms.ffprobe(
                            "-v",
                            "error",
                            "-analyzeduration",
                            "1000000",
                            "-show_entries",
                            "stream=codec_name,width",
                            "-of",
                            "csv=p=0",
                            server.url("/live/cam.ts")))
                    .contains("h264,320")
                    .contains("aac");
            sending.join();
            await(() -> stream.status().state() == StreamState.WAITING);
            long before = stream.counters().out();
            assertThat(before).isGreaterThan(25);
            push(url, format).join();
            await(() -> stream.counters().out() > before + 25);
        }
    }

    private TestServer listen(String source) {
        TestServer server = new TestServer(folder, "  cam: {source: '" + source + "', listen: true}\n");
        await(() -> cam(server).status().state() == StreamState.WAITING);
        return server;
    }

    private static LiveStream cam(TestServer server) {
        return server.streams().find("cam").orElseThrow();
    }

    /** As long as it takes: the server may not have come to listening yet. */
    private CompletableFuture<Void> push(String target, String format) {
        return CompletableFuture.runAsync(
                        () -> {
                            for (int tries = 200; ; tries--) {
                                try {
                                    FfmpegPrograms.ffmpeg(
                                            "-re",
                                            "-i",
                                            folder.resolve("clip.mp4").toString(),
                                            "-c",
                                            "copy",
                                            "-f",
                                            format,
                                            target);
                                    return;
                                } catch (AssertionError e) {
                                    if (tries == 0
                                            || !String.valueOf(e.getMessage()).contains("onnect")) {
                                        throw e;
                                    }
                                    pause();
                                }
                            }
                        },
                        Schedulers.boundedElastic()::schedule)
                .orTimeout(60, TimeUnit.SECONDS);
    }

    private static int tcpPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static int udpPort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void await(BooleanSupplier what) {
        long limit = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!what.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(limit);
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
