package io.upflux.server.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.codecs.FfmpegPrograms;
import io.upflux.codecs.InputOptions;
import io.upflux.codecs.MediaSource;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A camera that may send, and must not redirect. */
class GuardedRtspTest {
    private static final String DESCRIPTION =
            "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\nm=video 0 RTP/AVP 33\r\na=control:track\r\n";

    private static final int TS_PACKETS = 7;

    @TempDir
    Path folder;

    private ServerSocket camera;
    private ServerSocket forbidden;
    private final AtomicInteger reached = new AtomicInteger();

    @BeforeEach
    void start() throws IOException {
        camera = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        forbidden = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        inBackground(() -> {
            while (true) {
                forbidden.accept().close();
                reached.incrementAndGet();
            }
        });
    }

    @AfterEach
    void stop() throws IOException {
        camera.close();
        forbidden.close();
        assertThat(reached).hasValue(0);
    }

    @Test
    void whatACameraSendsIsRead() throws IOException {
        Path clip = folder.resolve("clip.ts");
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=64x48:rate=10",
                "-t",
                "3",
                "-pix_fmt",
                "yuv420p",
                "-c:v",
                "libopenh264",
                "-g",
                "10",
                clip.toString());
        byte[] media = Files.readAllBytes(clip);
        answer(
                method -> switch (method) {
                    case "DESCRIBE" ->
                        "200 OK\r\nContent-Type: application/sdp\r\nContent-Length: " + DESCRIPTION.length()
                                + "\r\n\r\n" + DESCRIPTION;
                    case "SETUP" -> "200 OK\r\nSession: 1\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n";
                    default -> "200 OK\r\nSession: 1\r\n\r\n";
                },
                media);
        try (SourceGuard guard = guard();
                GuardedSource source = guard.open(url(), Map.of());
                MediaSource opened = MediaSource.open(source.url(), options(source), Notices.none())) {
            assertThat(opened.format().width()).isEqualTo(64);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RTSP/1.0 302 Moved",
                "RTSP/1.0 301 Moved",
                "RTSP/1.0  302 Moved",
                "RTSP/1.0\t302 Moved",
                "RTSP/1.0 +302 Moved",
                "RTSP/1.0 0302 Moved",
                "RTSP/2.0 302 Moved",
                "RTSP/x 302",
                " RTSP/1.0 302 Moved",
                "RTSP/1.0 3\r02 Moved"
            })
    void redirectionsAreNotFollowed(String status) throws IOException {
        String location = "\r\nLocation: rtsp://127.0.0.1:" + forbidden.getLocalPort() + "/\r\n\r\n";
        for (String redirecting : List.of("OPTIONS", "DESCRIBE", "SETUP")) {
            ServerSocket own = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            camera.close();
            camera = own;
            answer(
                    method -> method.equals(redirecting)
                            ? "!" + status + "\r\nCSeq: %s" + location
                            : method.equals("DESCRIBE")
                                    ? "200 OK\r\nContent-Type: application/sdp\r\nContent-Length: "
                                            + DESCRIPTION.length() + "\r\n\r\n" + DESCRIPTION
                                    : "200 OK\r\n\r\n",
                    new byte[0]);
            try (SourceGuard guard = guard();
                    GuardedSource source = guard.open(url(), Map.of())) {
                assertThatThrownBy(() -> MediaSource.open(source.url(), options(source), Notices.none())
                                .close())
                        .isInstanceOf(StreamException.class);
            }
        }
    }

    private SourceGuard guard() {
        return new SourceGuard(AllowedSources.of(List.of("rtsp://127.0.0.1:" + camera.getLocalPort())));
    }

    private String url() {
        return "rtsp://127.0.0.1:" + camera.getLocalPort() + "/1";
    }

    private static InputOptions options(GuardedSource source) {
        return InputOptions.defaults().withDemuxerOptions(source.demuxerOptions());
    }

    /** Answers each request, and sends MPEG-TS in RTP (RFC 2250), interleaved, when asked to play. */
    private void answer(Function<String, String> answers, byte[] media) {
        ServerSocket own = camera;
        inBackground(() -> {
            while (true) {
                try (Socket socket = own.accept()) {
                    talk(socket, answers, media);
                } catch (IOException e) {
                    if (own.isClosed()) {
                        return;
                    }
                }
            }
        });
    }

    private static void talk(Socket socket, Function<String, String> answers, byte[] media) throws IOException {
        BufferedReader in =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        OutputStream out = socket.getOutputStream();
        String method = "";
        String number = "";
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (method.isEmpty()) {
                method = line.split(" ")[0];
            } else if (line.startsWith("CSeq:")) {
                number = line.substring("CSeq:".length()).strip();
            } else if (line.isEmpty()) {
                String answer = answers.apply(method);
                String text = answer.startsWith("!")
                        ? answer.substring(1).formatted(number)
                        : "RTSP/1.0 " + answer.replaceFirst("\r\n", "\r\nCSeq: " + number + "\r\n");
                out.write(text.getBytes(StandardCharsets.ISO_8859_1));
                if (method.equals("PLAY")) {
                    play(out, media);
                }
                method = "";
            }
        }
    }

    private static void play(OutputStream out, byte[] media) throws IOException {
        int size = TS_PACKETS * 188;
        for (int i = 0; i * size < media.length; i++) {
            int length = Math.min(size, media.length - i * size);
            ByteBuffer packet = ByteBuffer.allocate(4 + 12 + length);
            packet.put((byte) '$').put((byte) 0).putShort((short) (12 + length));
            packet.put((byte) 0x80)
                    .put((byte) 33)
                    .putShort((short) i)
                    .putInt(i * 900)
                    .putInt(1);
            packet.put(media, i * size, length);
            out.write(packet.array());
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void inBackground(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // The socket was closed: the test is over.
                    }
                },
                "camera");
        thread.setDaemon(true);
        thread.start();
    }
}
