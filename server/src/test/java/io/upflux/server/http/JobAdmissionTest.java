package io.upflux.server.http;

import static io.upflux.server.http.JobsServer.assertProblem;
import static io.upflux.server.http.JobsServer.tree;
import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.server.Await;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How much a server takes: of bytes, of jobs that wait, of its disk. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class JobAdmissionTest {
    private static final int QUEUE_LIMIT = 5;

    @TempDir
    private Path folder;

    private JobsServer server;

    @BeforeEach
    void start() {
        server = new JobsServer(folder, "queueLimit: " + QUEUE_LIMIT);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void whatIsTooLargeLeavesNothing() {
        byte[] large = new byte[JobsServer.UPLOAD_LIMIT + 1];
        HttpResponse<String> said =
                server.send("POST", "/api/v1/jobs?name=a.mp4", "video/mp4", BodyPublishers.ofByteArray(large));
        assertProblem(said, 413, "up to 300000 bytes (jobs.uploadLimit)");
        BodyPublisher unknown = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large));
        assertProblem(server.send("POST", "/api/v1/jobs?name=a.mp4", "video/mp4", unknown), 413, "jobs.uploadLimit");
        assertThat(server.folders()).isEmpty();
        assertThat(tree(server.get("/api/v1/jobs")).get("total").asInt()).isZero();
        byte[] fits = new byte[JobsServer.UPLOAD_LIMIT];
        assertThat(server.send("POST", "/api/v1/jobs", "video/mp4", BodyPublishers.ofByteArray(fits))
                        .statusCode())
                .isEqualTo(201);
        assertThat(server.folders()).hasSize(1);
    }

    @Test
    void aFullQueueTakesNoJobsUntilThereIsRoom() {
        String first = server.create("{\"input\": \"%s/film.mp4\"}");
        for (int i = 1; i < QUEUE_LIMIT; i++) {
            assertThat(server.upload("", "video/mp4", "x").statusCode()).isEqualTo(201);
        }
        List<String> before = server.folders();
        for (HttpResponse<String> full : List.of(
                server.upload("", "video/mp4", "x"), server.post("{\"input\": \"" + server.films() + "/film.mp4\"}"))) {
            assertProblem(full, 503, QUEUE_LIMIT + " jobs wait already, and no more may (jobs.queueLimit)");
            assertThat(full.headers().firstValue("Retry-After")).contains("60");
        }
        assertThat(server.folders()).as("nothing is stored").isEqualTo(before);
        assertThat(tree(server.get("/api/v1/jobs")).get("total").asInt()).isEqualTo(QUEUE_LIMIT);
        server.patch(first, "{\"state\": \"paused\"}");
        assertThat(server.upload("", "video/mp4", "x").statusCode()).isEqualTo(201);
        assertThat(tree(server.patch(first, "{\"state\": \"queued\"}"))
                        .get("state")
                        .asText())
                .as("what was in comes in again")
                .isEqualTo("queued");
        String second = tree(server.get("/api/v1/jobs")).at("/jobs/0/id").asText();
        server.patch("/api/v1/jobs/" + second, "{\"state\": \"cancelled\"}");
        assertThat(server.upload("", "video/mp4", "x").statusCode())
                .as("it counts")
                .isEqualTo(503);
    }

    /** The queue is as long as is told, also for those who come at once. */
    @Test
    void whoComeAtOnceFillNoMoreThanTheQueue() {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = server.request("/api/v1/jobs")
                .header("Content-Type", "video/mp4")
                .POST(BodyPublishers.ofString("x"))
                .build();
        List<CompletableFuture<HttpResponse<String>>> answers = Stream.generate(
                        () -> client.sendAsync(request, BodyHandlers.ofString()))
                .limit(4 * QUEUE_LIMIT)
                .toList();
        assertThat(answers.stream().map(answer -> answer.join().statusCode())).containsOnly(201, 503);
        assertThat(tree(server.get("/api/v1/jobs")).get("total").asInt()).isLessThanOrEqualTo(QUEUE_LIMIT);
    }

    @Test
    void aFullDiskTakesNoJobs() {
        server.close();
        server = new JobsServer(folder, "minFree: 100000000G");
        assertProblem(server.upload("", "video/mp4", "x"), 507, "must stay so (jobs.minFree)");
        assertProblem(
                server.post("{\"input\": \"" + server.films() + "/film.mp4\"}"), 507, "must stay so (jobs.minFree)");
        assertThat(server.folders()).isEmpty();
        assertThat(tree(server.get("/api/v1/jobs")).get("total").asInt()).isZero();
    }

    @Test
    void aFolderThatCanBeWrittenNoMoreIsSaidInALine() throws IOException {
        Path root = folder.resolve("jobs");
        Path aside = Files.move(root, folder.resolve("aside"));
        Files.writeString(root, "in its place");
        assertProblem(
                server.upload("", "video/mp4", "x"), 507, "the upload cannot be written; the server's log says why");
        String job = server.create("{\"input\": \"%s/film.mp4\"}");
        server.run();
        Await.within(
                Duration.ofSeconds(60),
                () -> tree(server.get(job)).get("state").asText().equals("failed"));
        assertThat(tree(server.get(job)).get("error").asText())
                .isEqualTo("its files cannot be written; the server's log says why");
        Files.delete(root);
        Files.move(aside, root);
        assertThat(server.folders()).isEmpty();
    }

    @Test
    void whatBreaksOffLeavesNothing() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.getOutputStream()
                    .write(("POST /api/v1/jobs?name=a.mp4&token=owner-owner-owner HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                                    + "Content-Type: video/mp4\r\nContent-Length: 200000\r\n\r\n"
                                    + "x".repeat(100_000))
                            .getBytes(StandardCharsets.US_ASCII));
            Await.within(Duration.ofSeconds(60), () -> !server.folders().isEmpty());
        }
        Await.within(Duration.ofSeconds(60), () -> server.folders().isEmpty());
        assertThat(tree(server.get("/api/v1/jobs")).get("total").asInt()).isZero();
    }
}
