package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.codecs.FfmpegPrograms;
import io.upflux.server.live.LiveStream;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams that are fetched from the ffmpeg program by every protocol but HTTP and RTSP, which have tests of their own. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class PulledSourcesTest {
    private static final int SECONDS = 20;

    @TempDir
    Path folder;

    /** The port stands for {@code 0}. */
    @ParameterizedTest
    @CsvSource({
        "rtmp://127.0.0.1:0/live/cam, -listen 1 -f flv rtmp://127.0.0.1:0/live/cam",
        "srt://127.0.0.1:0, -f mpegts srt://127.0.0.1:0?mode=listener",
        "udp://127.0.0.1:0, -f mpegts udp://127.0.0.1:0?pkt_size=1316",
        "tcp://127.0.0.1:0, -f mpegts tcp://127.0.0.1:0?listen=1"
    })
    void whatAProgramSendsIsUpscaled(String source, String sending) throws IOException {
        int port = freePort();
        String url = source.replace(":0", ":" + port);
        try (TestServer server = new TestServer(folder, "  cam: {source: '" + url + "'}\n")) {
            CompletableFuture<Void> sent = send(sending.replace(":0", ":" + port));
            LiveStream stream = server.streams().find("cam").orElseThrow();
            assertThat(FfmpegPrograms.ffprobe(
                            "-v",
                            "error",
                            "-analyzeduration",
                            "1000000",
                            "-show_entries",
                            "stream=codec_name,width",
                            "-of",
                            "csv=p=0",
                            server.url("/live/cam.ts")))
                    .as("%s", stream.status())
                    .contains("h264,320")
                    .contains("aac");
            assertThat(stream.counters().out()).isPositive();
            sent.cancel(true);
        }
    }

    /** Again and again, since a receiver that comes too early or goes away ends it. */
    private CompletableFuture<Void> send(String sending) {
        String clip = folder.resolve("clip.mp4").toString();
        String[] to = sending.split(" ");
        String[] begin = {"-re", "-stream_loop", "-1", "-i", clip, "-t", "" + SECONDS, "-c", "copy"};
        String[] all = new String[begin.length + to.length];
        System.arraycopy(begin, 0, all, 0, begin.length);
        System.arraycopy(to, 0, all, begin.length, to.length);
        CompletableFuture<Void> sent = new CompletableFuture<>();
        Thread sender = new Thread(() -> {
            while (!sent.isDone()) {
                try {
                    FfmpegPrograms.ffmpeg(all);
                } catch (AssertionError e) {
                    // Nobody was there, or nobody is any more.
                }
            }
        });
        sender.setDaemon(true);
        sender.start();
        return sent;
    }

    /** Free for both TCP and UDP. */
    private static int freePort() throws IOException {
        while (true) {
            try (ServerSocket tcp = new ServerSocket(0);
                    DatagramSocket udp = new DatagramSocket(tcp.getLocalPort())) {
                return udp.getLocalPort();
            } catch (java.net.BindException e) {
                // The other kind is taken: another one.
            }
        }
    }
}
