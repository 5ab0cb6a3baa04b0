package io.upflux.codecs.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.buffer.NativeScope;
import io.upflux.codecs.Collected;
import io.upflux.codecs.OutputOptions;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.StreamException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.scheduler.Schedulers;

class NetworkOutputTest {
    @TempDir
    Path folder;

    private final Collected notices = new Collected();

    @Test
    @Timeout(30)
    void sendsATransportStream() throws Exception {
        Path received = folder.resolve("received.ts");
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> reader =
                    CompletableFuture.runAsync(() -> receive(server, received), Schedulers.boundedElastic()::schedule);
            try (NativeScope scope = new NativeScope();
                    VideoOutput output = open(server)) {
                FrameFormat wanted = output.open(Bars.FORMAT);
                for (int i = 0; i < 25; i++) {
                    output.write(Bars.frame(scope, wanted, i, i * 40L, 40));
                }
                output.finish();
            }
            reader.get(10, TimeUnit.SECONDS);
        }
        assertThat(Programs.ffprobe(received, "-select_streams", "v", "-show_entries", "packet=pts_time"))
                .hasSize(25);
    }

    /** As RFC 2326 has it; who publishes offers one way for the packets, and this is the one that firewalls let through. */
    @Test
    @Timeout(30)
    void sendsRtspOverTheConnectionThatIsThere() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                NativeScope scope = new NativeScope();
                VideoOutput output = VideoOutput.create(
                        "rtsp://127.0.0.1:" + server.getLocalPort() + "/cam",
                        OutputOptions.defaults(),
                        null,
                        0,
                        notices)) {
            CompletableFuture<RtspServer> served = CompletableFuture.supplyAsync(
                    () -> RtspServer.serve(server), Schedulers.boundedElastic()::schedule);
            FrameFormat wanted = output.open(Bars.FORMAT);
            for (int i = 0; i < 25; i++) {
                output.write(Bars.frame(scope, wanted, i, i * 40L, 40));
            }
            output.finish();
            RtspServer received = served.get(10, TimeUnit.SECONDS);
            assertThat(received.transports()).singleElement().asString().startsWith("RTP/AVP/TCP;");
            assertThat(received.packets()).isGreaterThanOrEqualTo(25);
        }
    }

    /** The far side takes the connection and nothing more, so that writing blocks in the system. */
    @Test
    @Timeout(60)
    void interruptEndsAWriteThatBlocks() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                NativeScope scope = new NativeScope();
                VideoOutput output = open(server)) {
            FrameFormat wanted = output.open(Bars.FORMAT.withSize(640, 480));
            Random random = new Random(1);
            CompletableFuture<Void> later = CompletableFuture.runAsync(
                    output::interrupt,
                    CompletableFuture.delayedExecutor(2, TimeUnit.SECONDS, Schedulers.boundedElastic()::schedule));
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100_000; i++) {
                            output.write(noise(scope, wanted, random, i * 40L));
                        }
                    })
                    .isInstanceOf(StreamException.class)
                    .satisfies(e -> assertThat(e.getMessage()).matches(".*(interrupted|Immediate exit requested)"));
            later.get(1, TimeUnit.SECONDS);
            assertThat(scope.outstanding()).isZero();
        }
    }

    @Test
    void saysThatNobodyListens() throws Exception {
        int port;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = server.getLocalPort();
        }
        try (VideoOutput output =
                VideoOutput.create("tcp://127.0.0.1:" + port, OutputOptions.defaults(), null, 0, notices)) {
            assertThatThrownBy(() -> output.open(Bars.FORMAT))
                    .hasMessage("tcp://127.0.0.1:" + port + ": Connection refused");
        }
    }

    private VideoOutput open(ServerSocket server) {
        String location = "tcp://127.0.0.1:" + server.getLocalPort();
        return VideoOutput.create(location, OutputOptions.defaults(), null, 0, notices);
    }

    private static void receive(ServerSocket server, Path file) {
        try (Socket socket = server.accept();
                InputStream bytes = socket.getInputStream()) {
            Files.copy(bytes, file);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static VideoFrame noise(NativeScope scope, FrameFormat format, Random random, long pts) {
        VideoFrame frame = scope.frame(format, pts, 40);
        for (Plane plane : frame.planes()) {
            byte[] row = new byte[plane.width()];
            for (int y = 0; y < plane.height(); y++) {
                random.nextBytes(row);
                for (int x = 0; x < row.length; x++) {
                    row[x] = (byte) (128 + row[x] / 3);
                }
                plane.data().put(y * plane.stride(), row);
            }
        }
        return frame;
    }
}
