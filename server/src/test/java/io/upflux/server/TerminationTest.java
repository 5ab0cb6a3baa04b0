package io.upflux.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.upflux.codecs.FfmpegPrograms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A server that is asked to end while it has everything to do. */
@EnabledOnOs({OS.LINUX, OS.MAC})
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class TerminationTest {
    private static final int TS_PACKET = 188;
    private static final int VIEWERS = 6;

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void aPoliteKillUnderLoadEndsViewersAndJobsInOrder() throws Exception {
        Path clip = folder.resolve("clip.mp4");
        FfmpegPrograms.ffmpeg(
                "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=60", "-c:v", "mpeg4", clip.toString());
        Process server = start(clip);
        try {
            await(() -> ask("GET", "/live/cam/media.m3u8", "").statusCode() == 200);
            List<CompletableFuture<HttpResponse<byte[]>>> viewers = new ArrayList<>();
            for (int i = 0; i < VIEWERS; i++) {
                viewers.add(client.sendAsync(request("GET", "/live/cam.ts", ""), BodyHandlers.ofByteArray()));
            }
            HttpResponse<String> job =
                    ask("POST", "/api/v1/jobs", "{\"input\": \"" + clip + "\", \"model\": \"bicubic-x2\"}");
            assertThat(job.statusCode()).as(job.body()).isEqualTo(201);
            String id = new ObjectMapper().readTree(job.body()).path("id").asText();
            Path note = folder.resolve("jobs").resolve(id).resolve("process");
            await(() -> server.children().findAny().isPresent() && Files.exists(note));
            ProcessHandle worker = server.children().findAny().orElseThrow();

            server.destroy();
            assertThat(server.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(server.exitValue()).as(said()).isZero();
            for (CompletableFuture<HttpResponse<byte[]>> viewer : viewers) {
                // An answer that was cut off would fail here.
                byte[] media = viewer.join().body();
                assertThat(media.length).isPositive();
                assertThat(media.length % TS_PACKET).isZero();
            }
            assertThat(worker.isAlive()).as("the job's process").isFalse();
            assertThat(said()).doesNotContain(" ERROR ");
        } finally {
            server.destroyForcibly();
        }
        Process again = start(clip);
        try {
            await(() -> ask("GET", "/api/v1/jobs?state=queued,running,done", "")
                    .body()
                    .contains("\"total\":1"));
        } finally {
            again.destroyForcibly().waitFor();
        }
    }

    private Process start(Path clip) throws IOException {
        Path config = Files.writeString(folder.resolve("upflux.yml"), """
                address: 127.0.0.1:0
                allowedSources: [%1$s]
                jobs: {folder: %1$s/jobs, minFree: 1M}
                streams:
                  cam: {source: %2$s, model: bicubic-x2}
                """.formatted(folder, clip));
        Files.deleteIfExists(folder.resolve("server.log"));
        return ServerProcess.start(config, folder.resolve("server.log"));
    }

    private String said() throws IOException {
        return Files.readString(folder.resolve("server.log"));
    }

    private HttpRequest request(String method, String path, String body) throws IOException {
        String address = said().replaceAll("(?s).*(http://127.0.0.1:\\d+).*", "$1");
        return HttpRequest.newBuilder(URI.create(address + path))
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body))
                .build();
    }

    private HttpResponse<String> ask(String method, String path, String body) {
        try {
            return client.send(request(method, path, body), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(BooleanSupplier what) throws InterruptedException {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (!holds(what)) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(limit);
            Thread.sleep(50);
        }
    }

    private static boolean holds(BooleanSupplier what) {
        try {
            return what.getAsBoolean();
        } catch (UncheckedIOException | IllegalArgumentException notYet) {
            return false;
        }
    }
}
