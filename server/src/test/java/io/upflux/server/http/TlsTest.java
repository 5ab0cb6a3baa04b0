package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.pipeline.StreamException;
import io.upflux.server.config.ConfigFile;
import io.upflux.server.config.ServerConfig;
import io.upflux.server.live.LiveStreams;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TlsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private Path certificate;
    private Path key;
    private TestCertificate first;

    @BeforeEach
    void make() throws IOException, GeneralSecurityException {
        certificate = folder.resolve("server.pem");
        key = folder.resolve("server.key");
        first = TestCertificate.create(folder, "first");
        first.writeTo(certificate, key);
    }

    @ParameterizedTest
    @EnumSource
    void bothVersionsOfHttpAreSpoken(Version version) throws Exception {
        try (LiveServer server = start()) {
            HttpResponse<String> answer = ask(server, TestCertificate.trusting(first), version);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.version()).isEqualTo(version);
            assertThat(answer.body()).contains("live");
        }
    }

    @Test
    void nothingIsServedInTheClear() {
        try (LiveServer server = start()) {
            URI address = URI.create("http://127.0.0.1:" + server.address().getPort() + "/healthz/live");
            assertThatThrownBy(() -> HttpClient.newHttpClient()
                            .send(
                                    HttpRequest.newBuilder(address)
                                            .timeout(PATIENCE)
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void aRenewedCertificateIsServedAndABrokenOneIsNot() throws Exception {
        TestCertificate second = TestCertificate.create(folder, "second");
        SSLContext trust = TestCertificate.trusting(first, second);
        try (LiveServer server = start()) {
            assertThat(served(server, trust)).isEqualTo("CN=first");
            Files.writeString(certificate, "not a certificate");
            Thread.sleep(3000);
            assertThat(served(server, trust)).isEqualTo("CN=first");
            second.writeTo(certificate, key);
            long until = System.nanoTime() + PATIENCE.toNanos();
            while (!served(server, trust).equals("CN=second")) {
                assertThat(System.nanoTime()).isLessThan(until);
                Thread.sleep(100);
            }
        }
    }

    @Test
    void whatIsNoCertificateIsRefusedInOneLine() throws IOException {
        Files.writeString(key, "not a key");
        assertThatThrownBy(this::start)
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith(certificate + " and " + key + " are no certificate and its key in PEM: ")
                .message()
                .hasLineCount(1);
        Files.delete(key);
        assertThatThrownBy(this::start)
                .isInstanceOf(StreamException.class)
                .hasMessage("test: tls.key: " + key + " cannot be read");
    }

    @Test
    void aKeyOfAnotherCertificateIsRefusedInOneLine() throws Exception {
        TestCertificate.create(folder, "second").writeTo(folder.resolve("second.pem"), key);
        assertThatThrownBy(this::start)
                .isInstanceOf(StreamException.class)
                .hasMessage(certificate + " is not the certificate of " + key + ": name two that belong together");
    }

    private LiveServer start() {
        String yaml = "{address: '127.0.0.1:0', tls: {certificate: '" + certificate + "', key: '" + key + "'}}";
        ServerConfig config = ConfigFile.parse("test", yaml, Map.of());
        return LiveServer.start(
                config,
                new LiveStreams(config, stream -> {
                    throw new IllegalStateException("there are no streams");
                }),
                null,
                List.of());
    }

    private static HttpResponse<String> ask(LiveServer server, SSLContext trust, Version version)
            throws IOException, InterruptedException {
        HttpClient client =
                HttpClient.newBuilder().sslContext(trust).version(version).build();
        URI address = URI.create("https://127.0.0.1:" + server.address().getPort() + "/healthz/live");
        return client.send(
                HttpRequest.newBuilder(address).timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String served(LiveServer server, SSLContext trust) throws IOException, InterruptedException {
        X509Certificate shown = (X509Certificate)
                ask(server, trust, Version.HTTP_2).sslSession().orElseThrow().getPeerCertificates()[0];
        return shown.getSubjectX500Principal().getName();
    }
}
