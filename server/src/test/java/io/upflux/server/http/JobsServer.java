package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.upflux.models.Catalogue;
import io.upflux.models.sharing.OpenModels;
import io.upflux.server.config.ConfigFile;
import io.upflux.server.config.JobsConfig;
import io.upflux.server.config.ServerConfig;
import io.upflux.server.job.Jobs;
import io.upflux.server.live.LiveStreams;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A server with jobs, which only run where a test lets them; and its operator. */
final class JobsServer implements AutoCloseable {
    static final int UPLOAD_LIMIT = 300_000;

    private static final String JSON = "application/json";

    private final Path folder;
    private final Path films;
    private final Jobs jobs;
    private final LiveStreams streams;
    private final LiveServer server;

    JobsServer(Path folder) {
        this(folder, "");
    }

    /** @param more keys of the section jobs */
    JobsServer(Path folder, String more) {
        this.folder = folder;
        films = film(folder.resolve("films"));
        ServerConfig config =
                ConfigFile.parse("test", """
                address: 127.0.0.1:0
                tokens:
                  guest: {secret: guest-guest-guest, role: viewer}
                  owner: {secret: owner-owner-owner, role: operator}
                jobs: {folder: %s, uploadLimit: %d, %s}
                allowedSources: [%s, 'https://media.example']
                """.formatted(folder.resolve("jobs"), UPLOAD_LIMIT, more, films), Map.of());
        streams = new LiveStreams(config, new OpenModels(Catalogue.standard()));
        JobsConfig section = config.jobs();
        assertThat(section).isNotNull();
        jobs = Jobs.open(section, config.allowedSources());
        server = LiveServer.start(config, streams, jobs, List.of());
    }

    private static Path film(Path films) {
        try {
            Files.writeString(Files.createDirectories(films).resolve("film.mp4"), "not looked at");
            return films;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where {@code film.mp4} is, which may be an input. */
    Path films() {
        return films;
    }

    /** Lets jobs run. */
    void run() {
        jobs.start();
    }

    int port() {
        return server.address().getPort();
    }

    URI uri(String path) {
        return uri(port(), path);
    }

    static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /** Of the operator. */
    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path)).header("Authorization", "Bearer owner-owner-owner");
    }

    HttpResponse<String> send(String method, String path, @Nullable String type, BodyPublisher body) {
        HttpRequest.Builder request = request(path).method(method, body);
        if (type != null) {
            request.header("Content-Type", type);
        }
        return answer(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) {
        return send("GET", path, null, BodyPublishers.noBody());
    }

    HttpResponse<String> post(String body) {
        return send("POST", "/api/v1/jobs", JSON, BodyPublishers.ofString(body));
    }

    /** Makes a job. @return its path */
    String create(String body) {
        HttpResponse<String> created = post(body.replace("%s", films.toString()));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        return created.headers().firstValue("Location").orElseThrow();
    }

    HttpResponse<String> upload(String query, String type, String body) {
        return send("POST", "/api/v1/jobs" + query, type, BodyPublishers.ofString(body));
    }

    HttpResponse<String> patch(String job, String body) {
        return send("PATCH", job, JSON, BodyPublishers.ofString(body));
    }

    HttpResponse<String> delete(String job) {
        return send("DELETE", job, null, BodyPublishers.noBody());
    }

    /** As a viewer. */
    HttpResponse<byte[]> fetch(String path, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri(path)).header("Authorization", "Bearer guest-guest-guest");
        if (headers.length > 0) {
            request.headers(headers);
        }
        return answer(request.build(), BodyHandlers.ofByteArray());
    }

    /** Without a token. */
    HttpResponse<String> raw(String method, String path) {
        HttpRequest request = HttpRequest.newBuilder(uri(path))
                .method(method, BodyPublishers.noBody())
                .build();
        return answer(request, BodyHandlers.ofString());
    }

    static <T> HttpResponse<T> answer(HttpRequest request, HttpResponse.BodyHandler<T> body) {
        try {
            return HttpClient.newHttpClient().send(request, body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Of the jobs that there are. */
    List<String> folders() {
        try (Stream<Path> files = Files.list(folder.resolve("jobs"))) {
            return files.filter(Files::isDirectory).map(Path::toString).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void assertProblem(HttpResponse<String> said, int status, String detail) {
        assertThat(said.statusCode()).as(said.body()).isEqualTo(status);
        assertThat(said.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(tree(said).get("detail").asText()).contains(detail).doesNotContain("\n");
    }

    static JsonNode tree(HttpResponse<String> answer) {
        return tree(answer.body());
    }

    static JsonNode tree(String json) {
        try {
            return new ObjectMapper().readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        jobs.stop();
        server.close();
        jobs.close();
        streams.close();
    }
}
