package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.server.config.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is said to caches between a server and many viewers. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SharedCachesTest {
    private static final String SECRET = "0123456789abcdef";

    @TempDir
    private Path folder;

    @Test
    void mediaIsForAllWhoKnowItsAddressOnlyWhereThatOpensIt() throws IOException, InterruptedException {
        String link = new Links(new Secret(SECRET), Clock.systemUTC())
                .parameters("clip", Instant.now().plusSeconds(600));
        String access = "linkSecret: %1$s\ntokens: {family: {secret: %1$s}}\n".formatted(SECRET);
        try (TestServer server = new TestServer(folder, access)) {
            for (String opened : new String[] {"?token=" + SECRET, "?" + link}) {
                assertThat(caching(server, opened, "Accept", "*/*")).isEqualTo("public, max-age=60, immutable");
            }
            // Nor does what is beside the point in the address.
            for (String address : new String[] {"", "?token=other", "?signature=other"}) {
                assertThat(caching(server, address, "Authorization", "Bearer " + SECRET))
                        .isEqualTo("private, max-age=60, immutable");
            }
            assertThat(caching(server, "", "Cookie", "token=" + SECRET)).isEqualTo("private, max-age=60, immutable");
        }
        try (TestServer server = new TestServer(folder, access + "anonymous: viewer\n")) {
            assertThat(caching(server, "", "Cookie", "token=" + SECRET)).isEqualTo("public, max-age=60, immutable");
        }
    }

    private static String caching(TestServer server, String query, String header, String value)
            throws IOException, InterruptedException {
        String playlist = get(server, "media.m3u8" + query, header, value).body();
        Matcher init = Pattern.compile("init-\\d+\\.mp4").matcher(playlist);
        assertThat(init.find()).as(playlist).isTrue();
        return get(server, init.group() + query, header, value)
                .headers()
                .firstValue("cache-control")
                .orElseThrow();
    }

    private static HttpResponse<String> get(TestServer server, String name, String header, String value)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.url("/live/clip/" + name)))
                .header(header, value)
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }
}
