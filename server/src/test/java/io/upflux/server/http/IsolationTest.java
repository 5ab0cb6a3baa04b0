package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.upflux.codecs.FfmpegPrograms;
import io.upflux.server.Await;
import io.upflux.server.live.LiveSegment;
import io.upflux.server.live.LiveStream;
import io.upflux.server.live.StreamState;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams whose sources are decoded in processes of their own, when these end. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
@EnabledOnOs(OS.LINUX)
class IsolationTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"KILL", "SEGV"})
    void aDecoderThatCrashesCostsANewConnectionAndNoViewer(String signal) throws Exception {
        try (TestServer server = server(isolated())) {
            LiveStream stream = server.streams().find("cam").orElseThrow();
            AtomicLong seen = new AtomicLong();
            Thread viewer = watch(server.url("/live/cam.ts"), seen);
            await(() -> seen.get() > 0);
            ProcessHandle crashed = decoder();
            new ProcessBuilder("kill", "-" + signal, Long.toString(crashed.pid()))
                    .start()
                    .waitFor();
            crashed.onExit().get(60, TimeUnit.SECONDS);
            // The error is shown until the stream is back, which may be sooner than anybody looks.
            await(() -> decoders() == 1 && decoder().pid() != crashed.pid());
            long before = stream.window().view().openNumber();
            await(() -> stream.window().view().openNumber() > before + 1);
            long sent = seen.get();
            await(() -> seen.get() > sent);
            assertThatBreaksAreTold(stream.window().view().segments());
            assertThat(viewer.isAlive())
                    .as("the viewer still has its connection")
                    .isTrue();
            assertThat(server.streams().find("clip").orElseThrow().status().state())
                    .as("other streams")
                    .isEqualTo(StreamState.LIVE);
        }
        assertThat(decoders()).as("processes that are left").isZero();
    }

    private enum Leaving {
        /** Before there is anything to see. */
        AT_ONCE,
        WATCHING,
        /** Only the way to the server is closed, and the other is read on. */
        HALF
    }

    /** One decodes, and one is ready for the next source, or is about to be. */
    @ParameterizedTest
    @EnumSource(Leaving.class)
    void whoLeavesAStreamOnDemandLeavesNoProcess(Leaving leaving) throws Exception {
        try (Origin origin = new Origin(folder);
                TestServer server =
                        server("  cam: {source: %s, onDemand: true, closeAfter: 1s}".formatted(origin.url()))) {
            LiveStream stream = server.streams().find("cam").orElseThrow();
            assertThat(decoders()).isZero();
            try (Socket viewer = new Socket("127.0.0.1", server.port())) {
                viewer.getOutputStream()
                        .write("GET /live/cam.ts HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n"
                                .formatted(server.port())
                                .getBytes(StandardCharsets.US_ASCII));
                await(() -> decoders() > 0);
                if (leaving != Leaving.AT_ONCE) {
                    viewer.getInputStream().readNBytes(20_000);
                    await(() -> decoders() == 2);
                }
                if (leaving == Leaving.HALF) {
                    viewer.shutdownOutput();
                    viewer.getInputStream().readAllBytes();
                }
            }
            long left = System.nanoTime();
            await(() -> decoders() == 0 && stream.status().state() == StreamState.IDLE);
            assertThat(Duration.ofNanos(System.nanoTime() - left)).isLessThan(Duration.ofSeconds(15));
            TimeUnit.SECONDS.sleep(1);
            assertThat(decoders()).as("processes that came later").isZero();
            assertThat(stream.viewers()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStreamThatEndsTakesTheOneThatIsReadyAlong(boolean deleted) throws Exception {
        try (Origin origin = new Origin(folder)) {
            try (TestServer server = server("  cam: {source: %s}".formatted(origin.url()))) {
                await(() -> decoders() == 2);
                if (deleted) {
                    assertThat(server.streams().remove("cam")).isTrue();
                    assertThat(decoders()).isZero();
                }
            }
            assertThat(decoders()).isZero();
        }
    }

    /** A web server with the clip, which is a source that may be lost. */
    private static final class Origin implements AutoCloseable {
        private final ExecutorService requests = Executors.newCachedThreadPool();
        private final HttpServer server;

        Origin(Path folder) throws IOException {
            Path clip = folder.resolve("clip.ts");
            FfmpegPrograms.ffmpeg(
                    "-f",
                    "lavfi",
                    "-i",
                    "testsrc2=size=160x90:rate=25",
                    "-t",
                    "10",
                    "-c:v",
                    "libopenh264",
                    clip.toString());
            server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
            server.setExecutor(requests);
            server.createContext("/clip.ts", exchange -> {
                exchange.sendResponseHeaders(200, Files.size(clip));
                try (OutputStream body = exchange.getResponseBody()) {
                    Files.copy(clip, body);
                }
            });
            server.start();
        }

        String url() {
            return "http://127.0.0.1:" + server.getAddress().getPort() + "/clip.ts";
        }

        @Override
        public void close() {
            server.stop(0);
            requests.shutdownNow();
        }
    }

    /** A source that is back within half a second, of the same kind, goes on as if nothing had been; any other is a break. */
    private static void assertThatBreaksAreTold(List<LiveSegment> segments) {
        for (int i = 1; i < segments.size(); i++) {
            LiveSegment before = segments.get(i - 1);
            LiveSegment next = segments.get(i);
            Duration pause =
                    Duration.between(before.wallClock().plusNanos(1000 * before.durationMicros()), next.wallClock());
            boolean goesOn = next.header() == before.header() && pause.abs().toMillis() < 500;
            assertThat(next.discontinuity())
                    .as("segment %d, %s later", next.number(), pause)
                    .isEqualTo(!goesOn);
        }
    }

    /** Without the stream that is sent here, for which a process is ready, too. */
    private TestServer server(String stream) {
        TestServer server = new TestServer(folder, stream);
        server.streams().remove("push");
        return server;
    }

    private String isolated() {
        return "  cam: {source: %s, isolation: process}".formatted(folder.resolve("clip.mp4"));
    }

    private static Thread watch(String url, AtomicLong seen) {
        Thread thread = new Thread(() -> {
            try (InputStream body = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofInputStream())
                    .body()) {
                byte[] piece = new byte[1 << 14];
                for (int read = body.read(piece); read >= 0; read = body.read(piece)) {
                    seen.addAndGet(read);
                }
            } catch (IOException e) {
                // The server has closed.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static ProcessHandle decoder() {
        return ProcessHandle.current()
                .children()
                .filter(IsolationTest::decodes)
                .findFirst()
                .orElseThrow();
    }

    private static long decoders() {
        return ProcessHandle.current().children().filter(IsolationTest::decodes).count();
    }

    private static boolean decodes(ProcessHandle process) {
        try {
            // Java's own description leaves out long command lines.
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"))
                    .contains("DecodeMain");
        } catch (IOException e) {
            return false;
        }
    }

    private static void await(BooleanSupplier what) {
        Await.within(Duration.ofSeconds(90), what);
    }
}
