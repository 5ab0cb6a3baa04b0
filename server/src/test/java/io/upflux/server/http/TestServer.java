package io.upflux.server.http;

import io.netty.buffer.ByteBuf;
import io.upflux.codecs.FfmpegPrograms;
import io.upflux.models.Catalogue;
import io.upflux.models.sharing.OpenModels;
import io.upflux.server.config.ConfigFile;
import io.upflux.server.config.JobsConfig;
import io.upflux.server.config.ServerConfig;
import io.upflux.server.job.Jobs;
import io.upflux.server.live.LiveStreams;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A server with streams of a small test clip: {@code clip} always, {@code demand} on demand, {@code gone} without a source, {@code push} sent here. */
final class TestServer implements AutoCloseable {
    private final LiveStreams streams;
    private final @Nullable Jobs jobs;
    private final LiveServer server;
    private final HttpClient client = HttpClient.newHttpClient();

    TestServer(Path folder) {
        this(folder, "");
    }

    /** @param more streams, each a line of YAML, and sections */
    TestServer(Path folder, String more) {
        NettyLeaks.watch();
        Path clip = folder.resolve("clip.mp4");
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=160x90:rate=25",
                "-f",
                "lavfi",
                "-i",
                "sine=frequency=440:sample_rate=48000",
                "-t",
                "4",
                "-pix_fmt",
                "yuv420p",
                "-c:v",
                "libopenh264",
                "-g",
                "25",
                "-c:a",
                "aac",
                clip.toString());
        String yaml = """
                address: 127.0.0.1:0
                viewerBuffer: 200K
                allowedSources: [http://192.0.2.7, %1$s]
                streamDefaults: {model: bicubic-x2, device: cpu, segment: 1s, part: 200ms}
                streams:
                  clip: {source: %1$s}
                  demand: {source: %1$s, onDemand: true, closeAfter: 1s}
                  gone: {source: %1$s.gone}
                  push: {source: publisher}
                """.formatted(clip) + more;
        ServerConfig config = ConfigFile.parse("test", yaml, Map.of());
        Catalogue catalogue = Catalogue.standard();
        streams = new LiveStreams(config, new OpenModels(catalogue));
        JobsConfig wanted = config.jobs();
        jobs = wanted == null ? null : Jobs.open(wanted, config.allowedSources());
        server = LiveServer.start(config, streams, jobs, catalogue.list());
        streams.start();
        if (jobs != null) {
            jobs.start();
        }
    }

    LiveStreams streams() {
        return streams;
    }

    String url(String path) {
        return "http://127.0.0.1:" + server.address().getPort() + path;
    }

    int port() {
        return server.address().getPort();
    }

    HttpResponse<String> get(String path) {
        return send("GET", path, HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<byte[]> bytes(String path) {
        return send("GET", path, HttpResponse.BodyHandlers.ofByteArray());
    }

    <T> HttpResponse<T> send(String method, String path, HttpResponse.BodyHandler<T> body) {
        return send(method, path, HttpRequest.BodyPublishers.noBody(), body);
    }

    private <T> HttpResponse<T> send(
            String method, String path, HttpRequest.BodyPublisher sent, HttpResponse.BodyHandler<T> body) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url(path)))
                    .timeout(Duration.ofSeconds(30))
                    .method(method, sent)
                    .build();
            return client.send(request, body);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** With a body of JSON. */
    HttpResponse<String> send(String method, String path, String json) {
        return send(method, path, HttpRequest.BodyPublishers.ofString(json), HttpResponse.BodyHandlers.ofString());
    }

    /** The bytes, which are released. */
    static byte[] take(ByteBuf buffer) {
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.readBytes(bytes);
        return bytes;
    }

    @Override
    public void close() {
        if (jobs != null) {
            jobs.stop();
        }
        streams.close();
        server.close();
        if (jobs != null) {
            jobs.close();
        }
        NettyLeaks.verifyNone();
    }
}
