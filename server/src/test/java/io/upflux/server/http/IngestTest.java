package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.upflux.codecs.FfmpegPrograms;
import io.upflux.server.Await;
import io.upflux.server.live.LiveSegment;
import io.upflux.server.live.LiveStream;
import io.upflux.server.live.StreamState;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.WebsocketClientSpec;

/** Streams sent to the server, by the ffmpeg program and by clients of all manners. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class IngestTest {
    @TempDir
    Path folder;

    private TestServer server;
    private LiveStream push;

    @BeforeEach
    void start() {
        server = new TestServer(folder);
        push = server.streams().find("push").orElseThrow();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void ffmpegSendsAndFfprobeReads() {
        CompletableFuture<Void> sending = CompletableFuture.runAsync(
                () -> FfmpegPrograms.ffmpeg(
                        "-re",
                        "-i",
                        folder.resolve("clip.mp4").toString(),
                        "-c",
                        "copy",
                        "-f",
                        "mpegts",
                        "-method",
                        "PUT",
                        server.url("/ingest/push")),
                Schedulers.boundedElastic()::schedule);
        String streams = FfmpegPrograms.ffprobe(
                "-v",
                "error",
                "-analyzeduration",
                "2000000",
                "-show_entries",
                "stream=codec_name,width",
                "-of",
                "csv=p=0",
                server.url("/live/push.ts"));
        assertThat(streams).contains("h264,320").contains("aac");
        sending.orTimeout(60, TimeUnit.SECONDS).join();
        await(() -> push.status().state() == StreamState.WAITING);
        assertThat(push.counters().out()).isGreaterThan(50);
    }

    @Test
    void whoSendsAgainGoesOnBehindADiscontinuity() throws IOException {
        BodyPublisher clip = HttpRequest.BodyPublishers.ofFile(transportStream());
        assertThat(send("PUT", "/ingest/push", clip).statusCode()).isEqualTo(204);
        long before = push.window().view().openNumber();
        assertThat(send("POST", "/ingest/push", clip).statusCode()).isEqualTo(204);
        assertThat(push.window().view().openNumber()).isGreaterThan(before);
        assertThat(push.window().view().segments())
                .extracting(LiveSegment::number)
                .isSorted();
    }

    /** One file, with the sound of both, the second in the codec of the first. */
    @Test
    void whoWatchesStaysWhereTheSoundChangesInKind() throws IOException {
        CompletableFuture<byte[]> mp4 = watched("/live/push.mp4");
        sendSound(2, "aac -ar 48000 -ac 2", "first.ts");
        await(() -> push.viewers() == 1);
        sendSound(2, "libmp3lame -ar 44100 -ac 1", "second.mkv");
        assertThat(push.viewers()).isEqualTo(1);
        server.streams().close();

        Path file = Files.write(
                folder.resolve("seen.mp4"), mp4.orTimeout(60, TimeUnit.SECONDS).join());
        assertThat(sound(file, "stream=codec_name,sample_rate,channels")).containsExactly("aac,48000,2");
        List<Double> times =
                sound(file, "packet=pts_time").stream().map(Double::valueOf).toList();
        assertThat(IntStream.range(1, times.size()).mapToObj(i -> times.get(i) - times.get(i - 1)))
                .allMatch(gap -> gap > 0 && gap < 0.15);
        assertThat(times.get(times.size() - 1) - times.get(0))
                .as("more than one of them")
                .isGreaterThan(2.5);
        assertThat(FfmpegPrograms.frames(file.toString())).contains("#codec_id 1: aac");
    }

    /** A file has one header, and a browser's buffer is for one kind; MPEG-TS says at any time what comes. */
    @Test
    void whereSoundComesToPicturesWithoutMp4AndMseEndAndMpegTsGoesOn() throws IOException {
        CompletableFuture<byte[]> mp4 = watched("/live/push.mp4");
        CompletableFuture<byte[]> ts = watched("/live/push.ts");
        CompletableFuture<List<String>> socket = watchedByMse();
        sendSound(2, "", "silent.ts");
        await(() -> push.viewers() == 3);
        // As many segments as players begin with.
        sendSound(4, "libopus", "opus.mkv");
        Path file = Files.write(
                folder.resolve("seen.mp4"), mp4.orTimeout(60, TimeUnit.SECONDS).join());
        assertThat(codecs(file)).contains("h264").doesNotContain("opus");
        assertThat(socket.orTimeout(60, TimeUnit.SECONDS).join())
                .as("headers")
                .singleElement()
                .asString()
                .doesNotContain("Opus");
        assertThat(push.viewers()).isEqualTo(1);
        assertThat(codecs(server.url("/live/push/media.m3u8"))).contains("opus");
        server.streams().close();
        Path all = Files.write(
                folder.resolve("seen.ts"), ts.orTimeout(60, TimeUnit.SECONDS).join());
        assertThat(codecs(all)).contains("opus");
    }

    private CompletableFuture<byte[]> watched(String path) {
        return CompletableFuture.supplyAsync(() -> server.bytes(path).body(), Schedulers.boundedElastic()::schedule);
    }

    /** The headers that a player gets over the WebSocket, until that is closed. */
    private CompletableFuture<List<String>> watchedByMse() {
        return reactor.netty.http.client.HttpClient.create()
                .websocket(WebsocketClientSpec.builder()
                        .maxFramePayloadLength(10_000_000)
                        .build())
                .uri(server.url("/api/ws?src=push").replace("http:", "ws:"))
                .handle((in, out) -> out.sendString(Mono.just("{\"type\":\"mse\"}"))
                        .then()
                        .thenMany(in.receive().asString(StandardCharsets.ISO_8859_1))
                        .filter(message -> message.startsWith("ftyp", 4)))
                .collectList()
                .toFuture();
    }

    /**
     * In real time.
     *
     * @param sound encoder and what it is told; empty for none
     */
    private void sendSound(int seconds, String sound, String name) throws IOException {
        Path file = folder.resolve(name);
        String clip = folder.resolve("clip.mp4").toString();
        String encoder = sound.isEmpty() ? "-an" : "-c:a " + sound;
        FfmpegPrograms.ffmpeg(Stream.of(
                        Stream.of("-i", clip, "-t", String.valueOf(seconds), "-c:v", "copy"),
                        Arrays.stream(encoder.split(" ")),
                        Stream.of(file.toString()))
                .flatMap(Function.identity())
                .toArray(String[]::new));
        assertThat(send("PUT", "/ingest/push", HttpRequest.BodyPublishers.ofFile(file))
                        .statusCode())
                .isEqualTo(204);
    }

    private static List<String> sound(Path file, String entries) {
        return FfmpegPrograms.ffprobe(
                        "-v",
                        "error",
                        "-select_streams",
                        "a",
                        "-show_entries",
                        entries,
                        "-of",
                        "csv=p=0",
                        file.toString())
                .lines()
                .map(line -> line.replaceAll(",+$", ""))
                .filter(line -> !line.isEmpty())
                .toList();
    }

    private static String codecs(Object media) {
        return FfmpegPrograms.ffprobe(
                "-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", media.toString());
    }

    @Test
    void aWebSocketServesAsWell() throws IOException {
        byte[] clip = Files.readAllBytes(transportStream());
        int piece = 100_000;
        Flux<BinaryWebSocketFrame> frames = Flux.range(0, (clip.length + piece - 1) / piece)
                .map(i -> new BinaryWebSocketFrame(
                        Unpooled.wrappedBuffer(clip, i * piece, Math.min(piece, clip.length - i * piece))));
        reactor.netty.http.client.HttpClient.create()
                .websocket()
                .uri(server.url("/ingest/push").replace("http:", "ws:"))
                .handle((in, out) -> out.sendObject(frames).then().then(out.sendClose()))
                .blockLast(Duration.ofSeconds(30));
        await(() -> push.counters().out() > 10);
    }

    @Test
    void whatIsNoVideoIsRefused() throws IOException {
        HttpResponse<String> answer =
                send("PUT", "/ingest/push", HttpRequest.BodyPublishers.ofString("hello".repeat(10_000)));
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("push: not a media file");
        assertThat(send("PUT", "/ingest/push", HttpRequest.BodyPublishers.ofFile(transportStream()))
                        .statusCode())
                .as("the next one is not to blame")
                .isEqualTo(204);
    }

    @Test
    void onlyOneSendsAndOnlyWhereItMay() {
        LiveStream stream = push;
        assertThat(stream.publish()).isPresent();
        HttpResponse<String> second = send("PUT", "/ingest/push", HttpRequest.BodyPublishers.ofString("x"));
        assertThat(second.statusCode()).isEqualTo(409);
        assertThat(second.body()).contains("somebody sends stream push already");
        HttpResponse<String> other = send("PUT", "/ingest/clip", HttpRequest.BodyPublishers.ofString("x"));
        assertThat(other.statusCode()).isEqualTo(409);
        assertThat(other.body()).contains("has a source of its own");
        assertThat(send("PUT", "/ingest/x", HttpRequest.BodyPublishers.noBody()).statusCode())
                .isEqualTo(404);
        assertThat(server.get("/ingest/push").statusCode()).isEqualTo(426);
    }

    /** Of two segments. */
    private Path transportStream() {
        Path file = folder.resolve("clip.ts");
        FfmpegPrograms.ffmpeg("-i", folder.resolve("clip.mp4").toString(), "-t", "2", "-c", "copy", file.toString());
        return file;
    }

    private HttpResponse<String> send(String method, String path, BodyPublisher body) {
        try {
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(server.url(path)))
                                    .timeout(Duration.ofSeconds(60))
                                    .method(method, body)
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(BooleanSupplier what) {
        Await.within(Duration.ofSeconds(30), what);
    }
}
