package io.upflux.server.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.upflux.codecs.FfmpegPrograms;
import io.upflux.codecs.InputOptions;
import io.upflux.codecs.MediaSource;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where FFmpeg gets to when what it reads leads it elsewhere: {@code allowed} may be read, {@code forbidden} must see nothing. */
class GuardedReadingTest {
    @TempDir
    static Path folder;

    private static byte[] clip = {};

    private HttpServer allowed;
    private ServerSocket forbidden;
    private final AtomicInteger reached = new AtomicInteger();
    private SourceGuard guard;

    @BeforeAll
    static void draw() throws IOException {
        Path file = folder.resolve("clip.ts");
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=64x48:rate=10",
                "-t",
                "2",
                "-pix_fmt",
                "yuv420p",
                "-c:v",
                "libopenh264",
                "-g",
                "10",
                file.toString());
        clip = Files.readAllBytes(file);
    }

    @BeforeEach
    void start() throws IOException {
        allowed = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        serve("/clip.ts", 200, null, clip);
        allowed.start();
        forbidden = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread watch = new Thread(this::watch, "forbidden");
        watch.setDaemon(true);
        watch.start();
        guard = guard(Resolver.SYSTEM);
    }

    @AfterEach
    void stop() throws IOException {
        guard.close();
        allowed.stop(0);
        forbidden.close();
        assertThat(reached).hasValue(0);
    }

    @Test
    void whatIsAllowedIsReadThroughTheProxy() {
        read("http://127.0.0.1:" + port() + "/clip.ts");
    }

    @Test
    void redirectionsToWhatIsAllowedAreFollowed() {
        serve("/moved.ts", 302, "/clip.ts", new byte[0]);
        read("http://127.0.0.1:" + port() + "/moved.ts");
    }

    @Test
    void playlistsOfWhatIsAllowedPlay() {
        serve("/a.m3u8", 200, null, playlist("clip.ts"));
        read("http://127.0.0.1:" + port() + "/a.m3u8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:%d/x.ts",
                "https://127.0.0.1:%d/x.ts",
                "tcp://127.0.0.1:%d",
                "rtsp://127.0.0.1:%d/"
            })
    void redirectionsElsewhereAreNot(String target) {
        serve("/moved.ts", 302, target.formatted(forbidden.getLocalPort()), new byte[0]);
        refuse("http://127.0.0.1:" + port() + "/moved.ts");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:%d/x.ts",
                "http://localhost:%d/x.ts",
                "http://2130706433:%d/x.ts",
                "http://[::ffff:127.0.0.1]:%d/x.ts",
                "https://127.0.0.1:%d/x.ts",
                "httpproxy://127.0.0.1:%d/a.ts",
                "crypto+httpproxy://127.0.0.1:%d/a.ts",
                "crypto:httpproxy://127.0.0.1:%d/a.ts",
                "tcp://127.0.0.1:%d/a.ts",
                "tls://127.0.0.1:%d/a.ts",
                "crypto+tcp://127.0.0.1:%d/a.ts",
                "concat:http://127.0.0.1:%d/a.ts",
                "async:http://127.0.0.1:%d/a.ts",
                "rtmp://127.0.0.1:%d/a/b.ts",
                "rtsp://127.0.0.1:%d/b.ts"
            })
    void playlistsDoNotLeadElsewhere(String target) {
        serve("/a.m3u8", 200, null, playlist(target.formatted(forbidden.getLocalPort())));
        refuse("http://127.0.0.1:" + port() + "/a.m3u8");
    }

    @Test
    void playlistsDoNotLeadToFiles() throws IOException {
        Path file = folder.resolve("secret.ts");
        Files.write(file, clip);
        for (String target : List.of(
                "file://" + file,
                "file:" + file,
                file.toString(),
                "crypto+file:" + file,
                "subfile,,start,0,end,0,,:" + file)) {
            serve("/a.m3u8", 200, null, playlist(target));
            refuse("http://127.0.0.1:" + port() + "/a.m3u8");
            allowed.removeContext("/a.m3u8");
        }
    }

    @Test
    void otherListsAreNotRead() {
        String list = "ffconcat version 1.0\nfile clip.ts\n";
        serve("/list.ffconcat", 200, null, list.getBytes(StandardCharsets.UTF_8));
        refuse("http://127.0.0.1:" + port() + "/list.ffconcat");
        String sdp = "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 33\n";
        serve("/x.sdp", 200, null, sdp.getBytes(StandardCharsets.UTF_8));
        refuse("http://127.0.0.1:" + port() + "/x.sdp");
    }

    /** The name is public when it is asked for, and this machine when the connection is made. */
    @Test
    void namesThatChangeTheirMindLeadNowhere() {
        Iterator<String> answers =
                List.of("93.184.216.34", "127.0.0.1", "127.0.0.1", "127.0.0.1").iterator();
        guard.close();
        guard = new SourceGuard(
                AllowedSources.of(List.of("http://rebind.example:" + forbidden.getLocalPort())),
                host -> List.of(InetAddress.getByName(answers.next())));
        refuse("http://rebind.example:" + forbidden.getLocalPort() + "/x.ts");
        assertThat(answers.next()).as("it was asked again").isEqualTo("127.0.0.1");
    }

    @Test
    void filesOfAllowedFoldersLeadNowhere() throws IOException {
        Path media = Files.createDirectories(folder.resolve("media"));
        Path good = Files.write(media.resolve("good.ts"), clip);
        Path list = Files.write(media.resolve("list.m3u8"), playlist(good.toString()));
        guard.allow(AllowedSources.of(List.of(media.toString())));
        read(good.toString());
        refuse(list.toString());
    }

    @Test
    void theProxyServesItsOwnProcessOnly() throws IOException {
        String address;
        String secret;
        try (GuardedSource source = guard.open("http://127.0.0.1:" + port() + "/clip.ts", Map.of())) {
            String proxy = source.demuxerOptions().get("http_proxy");
            assertThat(proxy).matches("http://upflux:[0-9a-f]{32}@127\\.0\\.0\\.1:[0-9]+/");
            secret = String.valueOf(proxy).replaceFirst(".*//(.*)@.*", "$1");
            address = String.valueOf(proxy).replaceFirst(".*:([0-9]+)/$", "$1");
        }
        int proxyPort = Integer.parseInt(address);
        String target = "http://127.0.0.1:" + port() + "/clip.ts";
        assertThat(ask(proxyPort, "GET " + target + " HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 407");
        assertThat(ask(proxyPort, "GET / HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 407");
        String known = "\r\nProxy-Authorization: Basic "
                + Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.US_ASCII)) + "\r\n\r\n";
        assertThat(ask(proxyPort, "GET " + target + " HTTP/1.1" + known)).startsWith("HTTP/1.1 200");
        assertThat(ask(proxyPort, "POST " + target + " HTTP/1.1" + known)).startsWith("HTTP/1.1 400");
        assertThat(ask(proxyPort, "GET https://127.0.0.1:" + port() + "/ HTTP/1.1" + known))
                .startsWith("HTTP/1.1 403");
        assertThat(ask(proxyPort, "GET " + target + "?{a}|[b] HTTP/1.1" + known))
                .as("refused by the server, not by the proxy")
                .startsWith("HTTP/1.1 400");
        assertThat(ask(proxyPort, "CONNECT 127.0.0.1:" + forbidden.getLocalPort() + " HTTP/1.1" + known))
                .startsWith("HTTP/1.1 403");
    }

    private SourceGuard guard(Resolver resolver) {
        // With https, FFmpeg may use all the protocols that it needs for the proxy.
        List<String> rules = List.of("http://127.0.0.1:" + port(), "https://127.0.0.1:" + port());
        return new SourceGuard(AllowedSources.of(rules), resolver);
    }

    private void read(String source) {
        try (GuardedSource guarded = guard.open(source, Map.of());
                MediaSource media = MediaSource.open(guarded.url(), options(guarded), Notices.none())) {
            assertThat(media.format().width()).isEqualTo(64);
        }
    }

    private void refuse(String source) {
        try (GuardedSource guarded = guard.open(source, Map.of())) {
            assertThatThrownBy(() -> MediaSource.open(guarded.url(), options(guarded), Notices.none())
                            .close())
                    .isInstanceOf(StreamException.class);
        }
    }

    private static InputOptions options(GuardedSource guarded) {
        return InputOptions.defaults().withDemuxerOptions(guarded.demuxerOptions());
    }

    private int port() {
        return allowed.getAddress().getPort();
    }

    private void serve(String path, int status, @Nullable String location, byte[] body) {
        allowed.createContext(path, exchange -> {
            if (location != null) {
                exchange.getResponseHeaders().set("Location", location);
            }
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    private static byte[] playlist(String segment) {
        return ("#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n" + segment + "\n#EXT-X-ENDLIST\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private void watch() {
        while (!forbidden.isClosed()) {
            try (Socket socket = forbidden.accept()) {
                reached.incrementAndGet();
            } catch (IOException e) {
                return;
            }
        }
    }

    private static String ask(int port, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
