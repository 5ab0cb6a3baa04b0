package io.upflux.server.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.upflux.server.Await;
import io.upflux.server.config.Secret;
import io.upflux.server.http.NettyLeaks;
import io.upflux.server.job.JobEnding;
import io.upflux.server.job.JobState;
import io.upflux.server.live.StreamState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** How events come to one who takes them, and what becomes of those who do not. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WebhookTest {
    private static final String SECRET = "0123456789abcdef";
    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<Post> posts = new CopyOnWriteArrayList<>();
    private volatile ToIntFunction<Post> answer = post -> 204;
    private HttpServer receiver;

    /** @param signature empty for none */
    private record Post(String path, String type, String signature, String body) {
        JsonNode tree() {
            try {
                return new ObjectMapper().readTree(body);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        String name() {
            return tree().get("name").asText();
        }
    }

    @BeforeEach
    void listen() throws IOException {
        NettyLeaks.watch();
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", this::take);
        receiver.start();
    }

    @AfterEach
    void close() {
        receiver.stop(0);
        NettyLeaks.verifyNone();
    }

    private void take(HttpExchange exchange) throws IOException {
        String signature = exchange.getRequestHeaders().getFirst(Webhook.SIGNATURE);
        Post post = new Post(
                exchange.getRequestMethod() + " " + exchange.getRequestURI(),
                exchange.getRequestHeaders().getFirst("Content-Type"),
                signature == null ? "" : signature,
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        posts.add(post);
        exchange.getResponseHeaders().set("Location", "/elsewhere");
        exchange.sendResponseHeaders(answer.applyAsInt(post), -1);
        exchange.close();
    }

    @Test
    void eventsArePostedInTheirOrderAndSigned() throws Exception {
        Instant before = Instant.now();
        Event failed = Event.of(new JobEnding("id-1", "Fjäll \"1\".mp4", JobState.FAILED, "no video"));
        Event live = Event.of("cam", StreamState.LIVE, null);
        follow(url("/hook?a=b"), new Secret(SECRET), failed, live);
        await(() -> posts.size() == 2);
        Post first = posts.get(0);
        assertThat(first.path()).isEqualTo("POST /hook?a=b");
        assertThat(first.type()).isEqualTo("application/json");
        assertThat(first.tree().fieldNames())
                .toIterable()
                .containsExactly("event", "id", "name", "state", "error", "time");
        assertThat(first.tree().get("event").asText()).isEqualTo("job");
        assertThat(first.tree().get("id").asText()).isEqualTo("id-1");
        assertThat(first.name()).isEqualTo("Fjäll \"1\".mp4");
        assertThat(first.tree().get("state").asText()).isEqualTo("failed");
        assertThat(first.tree().get("error").asText()).isEqualTo("no video");
        assertThat(Instant.parse(first.tree().get("time").asText())).isBetween(before, Instant.now());
        assertThat(first.signature()).isEqualTo(signature(first.body()));
        JsonNode second = posts.get(1).tree();
        assertThat(second.fieldNames()).toIterable().containsExactly("event", "name", "state", "time");
        assertThat(second.get("event").asText()).isEqualTo("stream");
        assertThat(second.get("state").asText()).isEqualTo("live");
    }

    @Test
    void withoutASecretNothingIsSigned() {
        follow(url("/"), null, event("a"));
        await(() -> posts.size() == 1);
        assertThat(posts.get(0).signature()).isEmpty();
    }

    @Test
    void whatIsNotTakenIsSentAgain() {
        answer = post -> posts.size() < 3 ? 500 : 200;
        follow(url("/"), new Secret(SECRET), event("a"), event("b"));
        await(() -> posts.size() == 4);
        assertThat(posts).extracting(Post::name).containsExactly("a", "a", "a", "b");
        assertThat(posts.subList(0, 3))
                .extracting(Post::body)
                .containsOnly(posts.get(0).body());
    }

    @Test
    void whatIsNeverTakenIsGivenUp() {
        answer = post -> post.name().equals("a") ? 500 : 200;
        follow(url("/"), null, event("a"), event("b"));
        await(() -> posts.stream().anyMatch(post -> post.name().equals("b")));
        assertThat(posts).filteredOn(post -> post.name().equals("a")).hasSize(1 + Webhook.RETRIES);
    }

    @Test
    void nobodyIsFollowedElsewhere() {
        answer = post -> post.name().equals("a") ? 307 : 200;
        follow(url("/"), null, event("a"), event("b"));
        await(() -> posts.stream().anyMatch(post -> post.name().equals("b")));
        assertThat(posts).extracting(Post::path).containsOnly("POST /");
    }

    @Test
    void whereNobodyListensEventsAreGivenUp() throws IOException {
        URI nowhere;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nowhere = URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/");
        }
        Sinks.Many<Event> events = Sinks.many().unicast().onBackpressureBuffer();
        Disposable following = new Webhook(nowhere, null, PATIENCE, PAUSE).follow(events.asFlux());
        events.tryEmitNext(event("a"));
        events.tryEmitComplete();
        await(following::isDisposed);
    }

    /** The oldest of those that it keeps waiting are lost. */
    @Test
    void oneThatStallsHoldsUpNobodyElse() throws Exception {
        int many = 2 * Webhook.WAITING;
        Sinks.Many<Event> events = Sinks.many().multicast().directBestEffort();
        try (ServerSocket stalled = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            URI place = URI.create("http://127.0.0.1:" + stalled.getLocalPort() + "/");
            Disposable stalling = new Webhook(place, null, Duration.ofMinutes(5), PAUSE).follow(events.asFlux());
            Disposable taking = new Webhook(url("/"), null, PATIENCE, PAUSE).follow(events.asFlux());
            for (int i = 0; i < many; i++) {
                events.emitNext(event("e" + i), Sinks.EmitFailureHandler.FAIL_FAST);
                int sent = i + 1;
                if (sent % (Webhook.WAITING / 2) == 0) {
                    await(() -> posts.size() == sent);
                }
            }
            assertThat(posts)
                    .extracting(Post::name)
                    .containsExactlyElementsOf(
                            IntStream.range(0, many).mapToObj(i -> "e" + i).toList());
            stalled.setSoTimeout(30_000);
            try (Socket connection = stalled.accept()) {
                stalling.dispose();
                taking.dispose();
                connection.setSoTimeout(10_000);
                assertThat(connection.getInputStream().readAllBytes())
                        .as("closed at its end")
                        .asString()
                        .contains("\"e0\"");
            }
        }
    }

    @Test
    void oneThatAnswersTooLateIsTriedAgain() throws Exception {
        try (ServerSocket stalled = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            URI place = URI.create("http://127.0.0.1:" + stalled.getLocalPort() + "/");
            Disposable following =
                    new Webhook(place, null, Duration.ofMillis(1500), PAUSE).follow(Flux.just(event("a")));
            await(following::isDisposed);
            stalled.setSoTimeout(10);
            int connections = 0;
            while (true) {
                try {
                    stalled.accept().close();
                    connections++;
                } catch (java.net.SocketTimeoutException e) {
                    break;
                }
            }
            assertThat(connections).isEqualTo(1 + Webhook.RETRIES);
        }
    }

    private static void follow(URI url, @Nullable Secret secret, Event... events) {
        new Webhook(url, secret, PATIENCE, PAUSE).follow(Flux.just(events));
    }

    private static Event event(String name) {
        return Event.of(name, StreamState.WAITING, "the source has ended");
    }

    private URI url(String path) {
        return URI.create("http://127.0.0.1:" + receiver.getAddress().getPort() + path);
    }

    private static String signature(String body) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
    }

    private static void await(BooleanSupplier what) {
        Await.within(Duration.ofSeconds(30), what);
    }
}
