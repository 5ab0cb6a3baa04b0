package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.upflux.pipeline.StreamException;
import io.upflux.server.config.ConfigFile;
import io.upflux.server.config.Role;
import io.upflux.server.config.Secret;
import io.upflux.server.config.ServerConfig;
import io.upflux.server.live.LiveStreams;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class AccessTest {
    private static final String SECRET = "0123456789abcdef";

    private LiveServer server = start("""
            address: 127.0.0.1:0
            tokens: {family: {secret: %s}}
            """.formatted(SECRET));

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /api/v1/streams                          |                                         | 401
            /nowhere                                 |                                         | 401
            /live/x.ts                               |                                         | 401
            /                                        |                                         | 401
            /healthz/live                            |                                         | 200
            /healthz/live                            | Authorization: Bearer 0123456789abcdeX  | 200
            /healthz/live?token=wrong                | Cookie: token=wrong                     | 200
            /api/v1/streams                          | Authorization: Bearer 0123456789abcdef  | 200
            /api/v1/streams                          | Authorization: bearer 0123456789abcdef  | 200
            /api/v1/streams                          | Authorization: Bearer 0123456789abcdeX  | 401
            /api/v1/streams?token=0123456789abcdef   |                                         | 200
            /api/v1/streams?token=wrong              |                                         | 401
            /api/v1/streams                          | Cookie: token=0123456789abcdef          | 200
            /api/v1/streams                          | Cookie: token=0123456789abcdeX          | 401
            /live/x.ts                               | Authorization: Bearer 0123456789abcdef  | 404
            """)
    void nothingIsDoneWithoutAToken(String path, String header, int status) throws IOException {
        assertThat(ask(path, "127.0.0.1", header)).startsWith("HTTP/1.1 " + status);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Cookie: token=0123456789abcdef          | 400
            Cookie: token=0123456789abcdeX          | 403
            Cookie: theme=dark                      | 403
            Authorization: Bearer 0123456789abcdeX  | 401
            """)
    void aCookieFromBeforeTakesNothingFromWhatIsFree(String header, int change) throws IOException {
        server.close();
        server = start("""
                address: 127.0.0.1:0
                anonymous: viewer
                tokens: {me: {secret: %s, role: admin}}
                """.formatted(SECRET));
        assertThat(ask("/api/v1/streams", "localhost", header)).startsWith("HTTP/1.1 " + (change == 401 ? 401 : 200));
        assertThat(ask("POST", "/api/v1/streams", "localhost", header)).startsWith("HTTP/1.1 " + change);
    }

    @Test
    void thePageKeepsTheTokenItWasOpenedWith() throws IOException {
        assertThat(ask("/?token=" + SECRET, "localhost", null))
                .startsWith("HTTP/1.1 200")
                .containsIgnoringCase("set-cookie: token=" + SECRET + "; Path=/; HTTPOnly; SameSite=Strict");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            127.0.0.1:80       |                               | 200
            localhost          |                               | 200
            [::1]:80           |                               | 200
            evil.example       |                               | 403
            127.0.0.1.evil.org |                               | 403
            localhost          | Origin: http://localhost      | 200
            localhost:81       | Origin: http://localhost      | 403
            localhost          | Origin: https://evil.example  | 403
            localhost          | Origin: null                  | 403
            """)
    void pagesOfOthersGetNothing(String host, String header, int status) throws IOException {
        assertThat(ask("/healthz/live", host, header)).startsWith("HTTP/1.1 " + status);
    }

    @Test
    void pagesThatAreAllowedMayRead() throws IOException {
        server.close();
        server = start("""
                address: 127.0.0.1:0
                allowOrigin: https://tv.example
                """);
        assertThat(ask("/api/v1/streams", "localhost", "Origin: https://tv.example"))
                .startsWith("HTTP/1.1 200")
                .containsIgnoringCase("access-control-allow-origin: https://tv.example");
    }

    @Test
    void pagesThatAreAllowedMayAskWhatTheyMay() throws IOException {
        server.close();
        server = start("""
                address: 127.0.0.1:0
                allowOrigin: https://tv.example
                tokens: {family: {secret: %s}}
                """.formatted(SECRET));
        String preflight = "Access-Control-Request-Method: GET\r\nOrigin: https://";
        for (String path : List.of("/api/v1/streams", "/nowhere")) {
            assertThat(ask("OPTIONS", path, "localhost", preflight + "tv.example"))
                    .startsWith("HTTP/1.1 204")
                    .containsIgnoringCase("access-control-allow-origin: https://tv.example")
                    .containsIgnoringCase("access-control-allow-headers: Authorization,")
                    .containsIgnoringCase("access-control-allow-methods: GET,");
            assertThat(ask("OPTIONS", path, "localhost", preflight + "evil.example"))
                    .startsWith("HTTP/1.1 403");
            assertThat(ask("OPTIONS", path, "localhost", "Origin: https://tv.example"))
                    .startsWith("HTTP/1.1 401");
        }
    }

    @Test
    void linksOpenOneStreamAndNothingElse() throws IOException {
        server.close();
        server = start("""
                address: 127.0.0.1:0
                linkSecret: link-0123456789abcdef
                tokens: {family: {secret: %s}}
                """.formatted(SECRET));
        String link = new Links(new Secret("link-0123456789abcdef"), Clock.systemUTC())
                .parameters("x", Instant.now().plusSeconds(600));
        // Not 401: whoever has the link gets to ask, and there is no such stream.
        assertThat(ask("/live/x.ts?" + link, "localhost", null)).startsWith("HTTP/1.1 404");
        assertThat(ask("/live/y.ts?" + link, "localhost", null)).startsWith("HTTP/1.1 401");
        assertThat(ask("/api/v1/streams?" + link, "localhost", null)).startsWith("HTTP/1.1 401");
        assertThat(ask("PUT", "/ingest/x?" + link, "localhost", null)).startsWith("HTTP/1.1 401");
    }

    @Test
    void eachRequestIsALineWithoutSecrets() throws IOException, InterruptedException {
        List<ILoggingEvent> lines = logged("io.upflux.access", 2, () -> {
            ask("/live/cam/index.m3u8?token=" + SECRET, "localhost", null);
            ask("/api/frame.jpeg?src=door&token=" + SECRET, "localhost", null);
        });
        assertThat(lines.stream().map(ILoggingEvent::getFormattedMessage))
                .hasSize(2)
                .noneMatch(line -> line.contains("cut off"))
                .noneMatch(line -> line.contains(SECRET))
                .anyMatch(line ->
                        line.matches("127\\.0\\.0\\.1 GET /live/cam/index\\.m3u8 404 \\d+ B \\d+ ms stream=cam"))
                .anyMatch(line -> line.matches("127\\.0\\.0\\.1 GET /api/frame\\.jpeg 404 \\d+ B \\d+ ms stream=door"));
    }

    @Test
    void whoLeavesInTheMiddleOfARequestIsNoFailureOfTheServer() throws IOException, InterruptedException {
        List<ILoggingEvent> lines = logged("io.upflux", 2, () -> {
            for (int linger : new int[] {-1, 0}) {
                try (Socket socket = new Socket("127.0.0.1", server.address().getPort())) {
                    socket.setSoLinger(linger >= 0, Math.max(0, linger));
                    String half = "POST /api/v1/streams?token=" + SECRET + " HTTP/1.1\r\nHost: localhost\r\n"
                            + "Content-Length: 50\r\n\r\n{";
                    socket.getOutputStream().write(half.getBytes(StandardCharsets.US_ASCII));
                }
            }
        });
        assertThat(lines).extracting(ILoggingEvent::getLevel).containsOnly(Level.INFO);
        assertThat(lines)
                .filteredOn(AccessTest::isAccess)
                .hasSize(2)
                .allMatch(line -> line.getFormattedMessage().endsWith("stream=- cut off"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {linkSecret: short}                                                    | linkSecret: must have 16 characters or more
            {tls: {certificate: /nowhere}}                                         | tls.certificate: /nowhere cannot be read
            {tls: {}}                                                              | tls.certificate: is missing: a file in PEM
            {log: {format: xml}}                                                   | log.format: must be text or json, not xml
            {log: {level: loud}}                                                   | log.level: must be error, warn, info, debug or trace, not loud
            {address: ':8080'}                                                     | address: can be reached from elsewhere
            {allowOrigin: '*', anonymous: admin}                                   | anonymous: with allowOrigin: '*' every web page could do
            {tokens: {a: {secret: short}}}                                         | tokens.a.secret: must have 16 characters or more
            {tokens: {a: {secret: 0123456789abcdef, role: king}}}                  | tokens.a.role: must be none, viewer, operator or admin
            {tokens: {a: {secret: 0123456789abcdef, rôle: admin}}}                 | tokens.a.rôle: unknown key
            """)
    void whatWouldBeOpenByMistakeIsRefused(String yaml, String message) {
        assertThatThrownBy(() -> ConfigFile.parse("c", yaml, Map.of()))
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith("c: " + message);
    }

    @Test
    void aServerForAllMustSayWhatIsFree() {
        ServerConfig config = ConfigFile.parse("c", "{address: ':8080', anonymous: viewer}", Map.of());
        assertThat(config.local()).isFalse();
    }

    @Test
    void pagesOfAllOnlyWatch() {
        assertThat(ConfigFile.parse("c", "{allowOrigin: '*'}", Map.of()).free()).isEqualTo(Role.VIEWER);
        assertThat(ConfigFile.parse("c", "{allowOrigin: 'https://tv.example'}", Map.of())
                        .free())
                .isEqualTo(Role.ADMIN);
    }

    @Test
    void whatIsFreeDependsOnWhereItListensAndNotOnWhereItIsTo() throws IOException {
        server.close();
        server = start("{address: ':0', tokens: {family: {secret: %s}}}".formatted(SECRET));
        ServerConfig moved = ConfigFile.parse("c", "{address: 127.0.0.1:1}", Map.of());
        assertThatThrownBy(() -> server.allow(moved))
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith(
                        "address: this server listens on 0.0.0.0 until it is started again: name tokens");
        assertThat(ask("/api/v1/streams", "localhost", null)).startsWith("HTTP/1.1 401");
        assertThat(ask("/api/v1/streams?token=" + SECRET, "localhost", null)).startsWith("HTTP/1.1 200");
    }

    @Test
    void aServerForThisMachineStaysOneHoweverOftenItsRulesChange() throws IOException {
        server.close();
        server = start("address: 127.0.0.1:0");
        for (int i = 0; i < 2; i++) {
            server.allow(ConfigFile.parse("c", "{address: ':1', anonymous: viewer}", Map.of()));
            assertThat(ask("/api/v1/streams", "evil.example", null)).startsWith("HTTP/1.1 403");
            assertThat(ask("/api/v1/streams", "localhost", null)).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void whatIsSecretIsNotSaidByAccident() {
        ServerConfig config = ConfigFile.parse("c", """
                linkSecret: %1$s
                tokens: {a: {secret: %1$s}}
                streams:
                  cam: {source: 'rtsp://me:%1$s@192.0.2.7/', sourceOptions: {passphrase: %1$s}, push: 'rtmp://192.0.2.7/%1$s'}
                """.formatted(SECRET), Map.of());
        assertThat(config.toString() + config.streams() + config.tokens())
                .contains("cam")
                .doesNotContain(SECRET);
    }

    /** A piece of a test that talks to the server. */
    private interface Talk {
        void run() throws IOException;
    }

    /**
     * What a logger is told meanwhile, by a server that starts for it.
     *
     * @param count of requests
     */
    private List<ILoggingEvent> logged(String name, int count, Talk talk) throws IOException, InterruptedException {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        // Written by threads of the server while this one looks.
        lines.list = new CopyOnWriteArrayList<>();
        lines.start();
        Logger log = (Logger) LoggerFactory.getLogger(name);
        log.setLevel(Level.INFO);
        log.addAppender(lines);
        log.setAdditive(false);
        try {
            server.close();
            server = start("""
                    address: 127.0.0.1:0
                    tokens: {family: {secret: %s, role: admin}}
                    """.formatted(SECRET));
            talk.run();
            // A line is written when an answer has gone out, which whoever asked may see first.
            for (int i = 0;
                    i < 500 && lines.list.stream().filter(AccessTest::isAccess).count() < count;
                    i++) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
            server.close();
        } finally {
            log.detachAppender(lines);
            log.setAdditive(true);
            log.setLevel(null);
        }
        return lines.list;
    }

    private static boolean isAccess(ILoggingEvent line) {
        return line.getLoggerName().equals("io.upflux.access");
    }

    private static LiveServer start(String yaml) {
        ServerConfig config = ConfigFile.parse("test", yaml, Map.of());
        LiveStreams none = new LiveStreams(config, stream -> {
            throw new IllegalStateException("there are no streams");
        });
        return LiveServer.start(config, none, null, List.of());
    }

    /** By hand, since clients set these headers themselves. */
    private String ask(String path, String host, @Nullable String header) throws IOException {
        return ask("GET", path, host, header);
    }

    private String ask(String method, String path, String host, @Nullable String header) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.address().getPort())) {
            String request = method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n"
                    + (header == null ? "" : header + "\r\n") + "\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
