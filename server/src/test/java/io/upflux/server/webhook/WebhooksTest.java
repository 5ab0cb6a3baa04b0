package io.upflux.server.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.net.httpserver.HttpServer;
import io.upflux.models.Catalogue;
import io.upflux.models.sharing.OpenModels;
import io.upflux.server.Await;
import io.upflux.server.ServerProcess;
import io.upflux.server.config.ConfigFile;
import io.upflux.server.config.ServerConfig;
import io.upflux.server.http.NettyLeaks;
import io.upflux.server.job.JobRequest;
import io.upflux.server.job.JobState;
import io.upflux.server.job.Jobs;
import io.upflux.server.live.LiveStreams;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is told of a server's jobs and streams; how it is sent is {@link WebhookTest}'s. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class WebhooksTest {
    @TempDir
    private Path folder;

    private final List<String> told = new CopyOnWriteArrayList<>();

    @Test
    void allReceiversAreToldOfEveryEndOfAJobAndOfWhatBecomesOfStreams() throws Exception {
        NettyLeaks.watch();
        Files.writeString(folder.resolve("text.mp4"), "no video at all\n".repeat(100));
        HttpServer receiver = receiver();
        String url = "http://127.0.0.1:" + receiver.getAddress().getPort();
        ServerConfig config = ConfigFile.parse("test", """
                allowedSources: [%1$s]
                webhooks: {urls: [%2$s/one, %2$s/two]}
                jobs: {folder: %1$s/jobs}
                streams: {gone: {source: %1$s/gone.mp4, model: bicubic-x2}}
                """.formatted(folder, url), Map.of());
        try (LiveStreams streams = new LiveStreams(config, new OpenModels(Catalogue.standard()));
                Jobs jobs = Jobs.open(Objects.requireNonNull(config.jobs()), config.allowedSources())) {
            try (Webhooks webhooks = Webhooks.start(Objects.requireNonNull(config.webhooks()), streams, jobs)) {
                streams.start();
                await(() -> told.contains("/one stream gone waiting"));
                assertThat(streams.remove("gone")).isTrue();
                jobs.change(create(jobs, "cancelled.mp4"), JobState.CANCELLED).block();
                jobs.delete(create(jobs, "deleted.mp4")).block();
                create(jobs, "failed.mp4");
                jobs.start();
                await(() -> told.contains("/one job failed.mp4 failed") && told.contains("/two job failed.mp4 failed"));
                await(() -> told.contains("/one stream gone closed") && told.contains("/two stream gone closed"));
            }
            int all = told.size();
            jobs.change(create(jobs, "later.mp4"), JobState.CANCELLED).block();
            Thread.sleep(300);
            assertThat(told).as("nobody is told any more").hasSize(all);
        } finally {
            receiver.stop(0);
        }
        assertThat(told)
                .containsExactlyInAnyOrder(
                        "/one stream gone waiting",
                        "/two stream gone waiting",
                        "/one stream gone closed",
                        "/two stream gone closed",
                        "/one job cancelled.mp4 cancelled",
                        "/two job cancelled.mp4 cancelled",
                        "/one job deleted.mp4 cancelled",
                        "/two job deleted.mp4 cancelled",
                        "/one job failed.mp4 failed",
                        "/two job failed.mp4 failed");
        NettyLeaks.verifyNone();
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aServerTellsThoseWhomItsConfigurationNamesAndWaitsForNoneOfThemToEnd() throws Exception {
        HttpServer receiver = receiver();
        try (ServerSocket stalled = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Path file = Files.writeString(folder.resolve("upflux.yml"), """
                    address: 127.0.0.1:0
                    webhooks: {urls: ['http://127.0.0.1:%d/', 'http://127.0.0.1:%d/']}
                    streams: {gone: {source: /nowhere/gone.mp4, model: bicubic-x2}}
                    """.formatted(
                            stalled.getLocalPort(), receiver.getAddress().getPort()));
            Path log = folder.resolve("server.log");
            stalled.setSoTimeout(60_000);
            Process server = ServerProcess.start(file, log);
            try (Socket held = stalled.accept()) {
                await(() -> told.contains("/ stream gone waiting"));
                server.destroy();
                assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
                assertThat(server.exitValue()).as(Files.readString(log)).isZero();
                assertThat(held.getInputStream().readAllBytes()).isNotEmpty();
            } finally {
                server.destroyForcibly();
            }
        } finally {
            receiver.stop(0);
        }
        assertThat(told).containsExactly("/ stream gone waiting");
    }

    private String create(Jobs jobs, String name) {
        JobRequest request = JobRequest.parse(JsonNodeFactory.instance
                .objectNode()
                .put("input", folder.resolve("text.mp4").toString())
                .put("name", name)
                .put("model", "bicubic-x2"));
        return jobs.create(request).blockOptional().orElseThrow().id();
    }

    private HttpServer receiver() throws IOException {
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            JsonNode event = new ObjectMapper().readTree(exchange.getRequestBody());
            told.add(exchange.getRequestURI() + " " + event.get("event").asText() + " "
                    + event.get("name").asText() + " " + event.get("state").asText());
            assertThat(event.has("id")).isEqualTo(event.get("event").asText().equals("job"));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        receiver.start();
        return receiver;
    }

    private static void await(BooleanSupplier what) {
        Await.within(Duration.ofSeconds(60), what);
    }
}
