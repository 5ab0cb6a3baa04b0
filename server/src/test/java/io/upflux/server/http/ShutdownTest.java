package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ShutdownTest {
    private static final int TS_PACKET = 188;

    @Test
    void whatWasBegunIsFinished(@TempDir Path folder) {
        HttpClient client = HttpClient.newHttpClient();
        CompletableFuture<HttpResponse<byte[]>> viewer;
        CompletableFuture<HttpResponse<String>> reload;
        try (TestServer server = new TestServer(folder)) {
            String playlist = server.get("/live/clip/media.m3u8").body();
            long next = 1
                    + playlist.lines()
                            .filter(line -> line.startsWith("#EXTINF"))
                            .count()
                    + first(playlist);
            viewer = client.sendAsync(request(server, "/live/clip.ts"), HttpResponse.BodyHandlers.ofByteArray());
            reload = client.sendAsync(
                    request(server, "/live/clip/media.m3u8?_HLS_msn=" + next), HttpResponse.BodyHandlers.ofString());
            server.get("/api/frame.jpeg?src=clip");
        }
        // An answer that is cut off would fail here.
        byte[] media = viewer.join().body();
        assertThat(media.length).isPositive();
        assertThat(media.length % TS_PACKET).isZero();
        String last = reload.join().body();
        assertThat(last).contains("#EXT-X-ENDLIST").contains("#EXTINF");
        assertThat(last.indexOf("#EXT-X-PRELOAD-HINT")).isNegative();
    }

    private static long first(String playlist) {
        return playlist.lines()
                .filter(line -> line.startsWith("#EXT-X-MEDIA-SEQUENCE:"))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1)))
                .findFirst()
                .orElse(0);
    }

    private static HttpRequest request(TestServer server, String path) {
        return HttpRequest.newBuilder(URI.create(server.url(path))).build();
    }
}
