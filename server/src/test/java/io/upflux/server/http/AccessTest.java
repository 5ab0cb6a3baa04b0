package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.pipeline.StreamException;
import io.upflux.server.config.ConfigFile;
import io.upflux.server.config.ServerConfig;
import io.upflux.server.live.LiveStreams;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
            /api/v1/streams                          | Authorization: Bearer 0123456789abcdef  | 200
            /api/v1/streams                          | Authorization: bearer 0123456789abcdef  | 200
            /api/v1/streams                          | Authorization: Bearer 0123456789abcdeX  | 401
            /api/v1/streams?token=0123456789abcdef   |                                         | 200
            /api/v1/streams?token=wrong              |                                         | 401
            /api/v1/streams                          | Cookie: token=0123456789abcdef          | 200
            /live/x.ts                               | Authorization: Bearer 0123456789abcdef  | 404
            """)
    void nothingIsDoneWithoutAToken(String path, String header, int status) throws IOException {
        assertThat(ask(path, "127.0.0.1", header)).startsWith("HTTP/1.1 " + status);
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

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {address: ':8080'}                                                     | address: can be reached from elsewhere
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
        assertThat(config.toString()).doesNotContain(SECRET);
    }

    private static LiveServer start(String yaml) {
        ServerConfig config = ConfigFile.parse("test", yaml, Map.of());
        LiveStreams none = new LiveStreams(config, stream -> {
            throw new IllegalStateException("there are no streams");
        });
        return LiveServer.start(config, none, List.of());
    }

    /** By hand, since clients set these headers themselves. */
    private String ask(String path, String host, @Nullable String header) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.address().getPort())) {
            String request = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n"
                    + (header == null ? "" : header + "\r\n") + "\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
