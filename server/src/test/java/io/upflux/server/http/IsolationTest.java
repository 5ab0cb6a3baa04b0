package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.server.live.LiveSegment;
import io.upflux.server.live.LiveStream;
import io.upflux.server.live.StreamState;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
        try (TestServer server = new TestServer(folder, isolated())) {
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
        long limit = System.nanoTime() + Duration.ofSeconds(90).toNanos();
        while (!what.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(limit);
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
