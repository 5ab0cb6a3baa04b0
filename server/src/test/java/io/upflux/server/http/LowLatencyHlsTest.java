package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.codecs.FfmpegPrograms;
import io.upflux.server.Await;
import io.upflux.server.live.LiveStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.scheduler.Schedulers;

/** Playlists while they grow, and the parts and segments that they name. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class LowLatencyHlsTest {
    @TempDir
    static Path folder;

    @TempDir
    Path scratch;

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = new TestServer(folder);
        server.get("/live/clip/index.m3u8");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void ffmpegPlaysLowLatencyHlsInTime() throws IOException {
        Path frames = scratch.resolve("frames.txt");
        FfmpegPrograms.ffmpeg(
                "-xerror", "-i", server.url("/live/clip/index.m3u8"), "-t", "3", "-f", "framemd5", frames.toString());
        List<String> lines = Files.readAllLines(frames);
        assertThat(lines.stream().filter(line -> line.startsWith("0,"))).hasSizeGreaterThan(60);
        assertThat(lines.stream().filter(line -> line.startsWith("1,"))).hasSizeGreaterThan(100);
    }

    @Test
    void playlistsKeepTheRulesWhileTheyGrow() {
        String main = server.get("/live/clip/index.m3u8").body();
        assertThat(main)
                .contains("RESOLUTION=320x180")
                .contains("CODECS=\"avc1.")
                .endsWith("\nmedia.m3u8\n");
        HlsCheck before = playlist("");
        for (int i = 0; i < 12; i++) {
            HlsCheck next = playlist("?_HLS_msn=" + before.openNumber() + "&_HLS_part=" + before.openParts);
            boolean there = next.openNumber() > before.openNumber() || next.openParts > before.openParts;
            assertThat(there).as("the answer waits for the part").isTrue();
            before.precedes(next);
            assertThat(next.parts).contains(before.hint);
            before = next;
        }
    }

    /** A connection must go on reading whichever thread its last answer became ready on. */
    @Test
    void connectionsThatAreKeptAnswerEveryReload() {
        List<CompletableFuture<Void>> players = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            players.add(CompletableFuture.runAsync(
                    LowLatencyHlsTest::reloadForAWhile, Schedulers.boundedElastic()::schedule));
        }
        CompletableFuture.allOf(players.toArray(CompletableFuture[]::new))
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    }

    private static void reloadForAWhile() {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(10_000);
            HlsCheck list = playlist("");
            for (int i = 0; i < 25; i++) {
                String path = "/live/clip/media.m3u8?_HLS_msn=" + list.openNumber() + "&_HLS_part=" + list.openParts;
                String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                list = new HlsCheck(body(socket.getInputStream()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of an answer that states its length. */
    private static String body(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.read());
        }
        String length = head.toString()
                .lines()
                .filter(line -> line.startsWith("content-length: "))
                .findFirst()
                .orElseThrow();
        return new String(in.readNBytes(Integer.parseInt(length.substring(16))), StandardCharsets.UTF_8);
    }

    @Test
    void aReloadWithoutAPartWaitsForTheWholeSegment() {
        HlsCheck before = playlist("");
        HlsCheck next = playlist("?_HLS_msn=" + before.openNumber());
        assertThat(next.openNumber()).isGreaterThan(before.openNumber());
    }

    @Test
    void theHintedPartIsSentWhenItIsThere() {
        HlsCheck before = playlist("");
        HttpResponse<byte[]> part = server.bytes("/live/clip/" + before.hint);
        assertThat(part.statusCode()).isEqualTo(200);
        assertThat(part.headers().firstValue("content-type")).hasValue("video/mp4");
        assertThat(new String(part.body(), 4, 4, StandardCharsets.US_ASCII)).isEqualTo("moof");
    }

    @Test
    void aSegmentIsItsPartsOneAfterTheOther() throws IOException {
        HlsCheck list = playlist("");
        while (list.segments.size() < 2) {
            list = playlist("?_HLS_msn=" + list.openNumber());
        }
        String segment = list.segments.get(list.segments.size() - 1);
        byte[] init = server.bytes("/live/clip/" + list.header).body();
        byte[] media = server.bytes("/live/clip/" + segment).body();
        Path file = scratch.resolve("segment.mp4");
        Files.write(file, init);
        Files.write(file, media, StandardOpenOption.APPEND);
        String duration = FfmpegPrograms.ffprobe(
                "-v",
                "error",
                "-select_streams",
                "v",
                "-count_packets",
                "-show_entries",
                "stream=nb_read_packets",
                "-of",
                "csv=p=0",
                file.toString());
        assertThat(Integer.parseInt(duration.replace(",", "").strip())).isBetween(5, 26);
    }

    /** Section 4.4.6.2: whoever chooses by it must be able to fetch every segment in time. */
    @Test
    void theBitRateOfTheMainPlaylistIsThatOfTheLargestSegment() {
        HlsCheck list = playlist("");
        while (list.segments.size() < 3) {
            list = playlist("?_HLS_msn=" + list.openNumber());
        }
        int said = HlsCheck.main(server.get("/live/clip/index.m3u8").body()).getOrDefault("media.m3u8", 0);
        double peak = 0;
        for (String segment : list.segments) {
            double rate = 8.0
                    * server.bytes("/live/clip/" + segment).body().length
                    / Objects.requireNonNull(list.durations.get(segment));
            assertThat(said).as(segment).isGreaterThanOrEqualTo((int) rate);
            peak = Math.max(peak, rate);
        }
        assertThat((double) said).as("of what has been, not of anything").isLessThan(3 * peak);
    }

    /** Section 4.4.4.9. A picture that is left out makes one part shorter. */
    @Test
    void partsAreNoShorterThanPicturesWereLeftOut() {
        HlsCheck list = playlist("");
        list = playlist("?_HLS_msn=" + (list.openNumber() + 1));
        assertThat((long) list.shortParts)
                .isLessThanOrEqualTo(
                        server.streams().find("clip").orElseThrow().counters().dropped());
    }

    @Test
    void aViewerWhoReadsNothingHoldsUpNobodyAndIsSkipped() throws IOException {
        LiveStream stream = server.streams().find("clip").orElseThrow();
        List<Socket> stalled = new ArrayList<>();
        try {
            for (int i = 0; i < 5; i++) {
                Socket socket = new Socket();
                socket.setReceiveBufferSize(4096);
                socket.connect(new InetSocketAddress("127.0.0.1", server.port()));
                socket.getOutputStream()
                        .write("GET /live/clip.ts HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
                stalled.add(socket);
            }
            await(() -> stream.window().viewers() >= 5);
            HlsCheck before = playlist("");
            for (int i = 0; i < 5; i++) {
                HlsCheck next = playlist("?_HLS_msn=" + before.openNumber() + "&_HLS_part=" + before.openParts);
                before.precedes(next);
                before = next;
            }
        } finally {
            for (Socket socket : stalled) {
                socket.close();
            }
        }
        await(() -> stream.window().viewers() == 0);
    }

    private static HlsCheck playlist(String query) {
        HttpResponse<String> answer = server.get("/live/clip/media.m3u8" + query);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/vnd.apple.mpegurl");
        return new HlsCheck(answer.body());
    }

    private static void await(BooleanSupplier what) {
        Await.within(Duration.ofSeconds(30), what);
    }
}
