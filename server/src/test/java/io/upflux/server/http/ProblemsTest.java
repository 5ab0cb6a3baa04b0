package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.upflux.models.Catalogue;
import io.upflux.models.sharing.OpenModels;
import io.upflux.server.config.ConfigFile;
import io.upflux.server.config.ServerConfig;
import io.upflux.server.live.LiveStream;
import io.upflux.server.live.LiveStreams;
import io.upflux.server.live.Publication;
import io.upflux.server.live.StreamState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every endpoint's refusals, for all routes there are. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ProblemsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String VIEWER = "viewer-0123456789abcdef";
    private static final String OPERATOR = "operator-0123456789abcdef";
    private static final String ADMIN = "admin-0123456789abcdef";

    private static LiveStreams streams;
    private static LiveServer server;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        ServerConfig config = ConfigFile.parse("test", """
                address: 127.0.0.1:0
                linkSecret: link-0123456789abcdef
                tokens:
                  family: {secret: %s, role: viewer}
                  friend: {secret: %s, role: operator}
                  me: {secret: %s, role: admin}
                streamDefaults: {model: bicubic-x2}
                streams:
                  demand: {source: /nowhere/clip.mp4, onDemand: true}
                  asleep: {source: /nowhere/clip.mp4, onDemand: true}
                  push: {source: publisher}
                """.formatted(VIEWER, OPERATOR, ADMIN), Map.of());
        Catalogue catalogue = Catalogue.standard();
        streams = new LiveStreams(config, new OpenModels(catalogue));
        server = LiveServer.start(config, streams, null, List.of());
        streams.start();
    }

    @AfterAll
    static void stop() {
        streams.close();
        server.close();
    }

    static Stream<String> routes() {
        return server.routes().stream();
    }

    static Stream<String> closed() {
        return routes().filter(route -> !route.contains("/healthz/"));
    }

    @ParameterizedTest
    @MethodSource("closed")
    void nobodyGetsInWithoutAToken(String route) {
        refused(401, method(route), path(route), null);
        refused(401, method(route), path(route), "wrong-0123456789abcdef");
        refused(401, "PROPFIND", path(route), null);
    }

    @ParameterizedTest
    @MethodSource("routes")
    void otherMethodsAreRefused(String route) {
        HttpResponse<String> answer = refused(405, "PROPFIND", path(route), ADMIN);
        assertThat(answer.headers().firstValue("Allow").orElse("")).contains(method(route));
    }

    @ParameterizedTest
    @MethodSource("routes")
    void whatIsUnknownIsRefused(String route) {
        if (route.contains("{s}") || route.contains("{id}")) {
            boolean needsBody = route.matches("(PUT|PATCH) /api/v1/streams.*");
            int status = route.equals("GET /ingest/{s}") ? 426 : needsBody ? 400 : 404;
            refused(status, method(route), path(route), ADMIN);
        }
    }

    /** What changes something is for operators. */
    @ParameterizedTest
    @MethodSource("closed")
    void viewersOnlyWatch(String route) {
        if (!method(route).equals("GET") || route.contains("/ingest/")) {
            refused(403, method(route), path(route), VIEWER);
        }
    }

    @Test
    void theConfigurationIsForAdmins() {
        refused(403, "POST", "/api/v1/reload", OPERATOR);
        refused(404, "POST", "/api/v1/reload", ADMIN);
    }

    @ParameterizedTest
    @CsvSource({
        "400, GET, /api/ws",
        "400, GET, /api/frame.jpeg",
        "400, GET, /api/stream.mjpeg?src=demand&src=push",
        "404, GET, /api/ws?src=nowhere",
        "426, GET, /api/ws?src=push",
        "426, GET, /ingest/push",
        "409, PUT, /ingest/demand",
        "400, GET, /live/push/media.m3u8?_HLS_msn=x",
        "400, GET, /live/push/media.m3u8?_HLS_part=1",
        "400, GET, /live/push/media.m3u8?_HLS_msn=-1",
        "400, GET, /live/push/media.m3u8?_HLS_msn=1&_HLS_msn=2",
        "404, GET, /live/push/part-x.m4s",
        "404, GET, /live/push/part-99999999999999999999.m4s",
        "404, GET, /live/push/segment-0.m4s",
        "404, GET, /live/push/init-0.mp4",
        "404, GET, /live/push/nothing",
        "404, GET, /nowhere",
        "404, GET, /live/../healthz/live",
        "400, POST, /api/v1/streams/demand/links?validFor=soon",
        "400, POST, /api/v1/streams/demand/links?validFor=0s",
        "400, POST, /api/v1/streams/demand/links?validFor=9999999h"
    })
    void wrongParametersAreRefused(int status, String method, String path) {
        refused(status, method, path, ADMIN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AA==", "Connection: Upgrade"})
    void webSocketsAreThoseOfTheStandard(String only) throws IOException {
        List<String> upgrade =
                List.of("GET /api/ws?src=push HTTP/1.1", "Upgrade: websocket", "Authorization: Bearer " + ADMIN, only);
        assertThat(raw(String.join("\r\n", upgrade)))
                .startsWith("HTTP/1.1 426")
                .containsIgnoringCase("sec-websocket-version: 13");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%zz", "/live/%", "/live/x.ts?a=%zz", "/live/%c3%28/index.m3u8"})
    void addressesMustBeEncodedAsTheyMust(String path) throws IOException {
        assertThat(raw("GET " + path + " HTTP/1.1\r\nAuthorization: Bearer " + ADMIN))
                .matches("(?s)HTTP/1\\.1 40[04] .*")
                .containsIgnoringCase("content-type: application/problem+json");
    }

    /** RFC 9112, section 3.2.2. */
    @Test
    void wholeAddressesServeAsWell() throws IOException {
        String token = "Authorization: Bearer " + VIEWER;
        assertThat(raw("GET http://127.0.0.1:8080/healthz/live HTTP/1.1\r\n" + token))
                .startsWith("HTTP/1.1 200");
        assertThat(raw("GET HTTP://localhost?token=" + VIEWER + " HTTP/1.1")).startsWith("HTTP/1.1 200");
        assertThat(raw("GET http://localhost/nowhere HTTP/1.1\r\n" + token)).contains("there is nothing at /nowhere");
        assertThat(raw("GET http://tv.example/healthz/live HTTP/1.1\r\n" + token))
                .as("the host in the address counts")
                .startsWith("HTTP/1.1 403")
                .contains("this server is not tv.example");
    }

    @Test
    void aBodyMustCome() throws IOException {
        assertThat(raw("PUT /api/v1/streams/x HTTP/1.1\r\nContent-Length: 20\r\nAuthorization: Bearer " + ADMIN))
                .startsWith("HTTP/1.1 408")
                .contains("the body did not come within 10 s");
    }

    @Test
    void headsHaveALimit() throws IOException {
        assertThat(raw("GET /" + "x".repeat(8 << 10) + " HTTP/1.1"))
                .startsWith("HTTP/1.1 414")
                .containsIgnoringCase("content-type: application/problem+json")
                .contains("\"the first line may have 8192 bytes\"");
        assertThat(raw("GET / HTTP/1.1\r\nX: " + "x".repeat(32 << 10)))
                .startsWith("HTTP/1.1 431")
                .containsIgnoringCase("content-type: application/problem+json")
                .contains("\"the headers may have 32768 bytes\"");
        assertThat(raw("nonsense")).startsWith("HTTP/1.1 400").contains("\"this is no HTTP request\"");
    }

    @Test
    void nothingIsDoneBeforeSomebodyIsKnown() throws InterruptedException {
        LiveStream asleep = streams.find("asleep").orElseThrow();
        while (asleep.status().state() == StreamState.STARTING) {
            Thread.sleep(10);
        }
        for (String route : server.routes()) {
            String path = path(route.replace("{s}", "asleep"));
            for (String query : List.of("", "?src=asleep", "?src=asleep&token=wrong-0123456789abcdef")) {
                send(method(route), path + query, null);
            }
        }
        assertThat(asleep.status().state()).isEqualTo(StreamState.IDLE);
        Publication first = streams.find("push").orElseThrow().publish().orElseThrow();
        first.close();
        send("GET", "/live/asleep/segment-0.m4s", VIEWER);
        while (asleep.status().state() == StreamState.IDLE) {
            Thread.sleep(10);
        }
    }

    private static HttpResponse<String> refused(int status, String method, String path, @Nullable String token) {
        HttpResponse<String> answer = send(method, path, token);
        assertThat(answer.statusCode())
                .as(method + " " + path + " " + answer.body())
                .isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        if (!method.equals("HEAD")) {
            try {
                JsonNode problem = JSON.readTree(answer.body());
                assertThat(problem.path("status").asInt()).isEqualTo(status);
                assertThat(problem.path("title").asText()).isNotBlank();
                assertThat(problem.path("detail").asText()).isNotBlank().hasLineCount(1);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return answer;
    }

    private static HttpResponse<String> send(String method, String path, @Nullable String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.address().getPort() + path))
                .timeout(Duration.ofSeconds(30))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String raw(String head) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.address().getPort())) {
            socket.getOutputStream()
                    .write((head + "\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String method(String route) {
        return route.substring(0, route.indexOf(' '));
    }

    private static String path(String route) {
        return route.substring(route.indexOf(' ') + 1)
                .replace("{s}", "nowhere")
                .replace("{r}", "none")
                .replace("{n}", "0")
                .replace("{id}", UUID.randomUUID().toString());
    }
}
