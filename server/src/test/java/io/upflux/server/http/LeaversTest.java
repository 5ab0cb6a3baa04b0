package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import io.upflux.server.live.LiveStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Those who leave without a word, which is nobody's failure. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class LeaversTest {
    private static final int LEAVERS = 20;
    private static final String UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    private static final String HALF_A_HEAD = "GET /live/clip.ts HTTP/1.1\r\nHo";
    private static final String UPLOAD = "POST /api/v1/jobs?name=a.mkv&model=bicubic-x2 HTTP/1.1\r\nHost: localhost\r\n"
            + "Content-Length: 1000000\r\n\r\n" + "x".repeat(100_000);

    @TempDir
    Path folder;

    @Test
    void connectionsThatAreResetAreNoFailures() throws IOException {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        // Written by threads of the server while this one looks.
        lines.list = new CopyOnWriteArrayList<>();
        lines.start();
        Logger all = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        all.addAppender(lines);
        LeaverFilter filter = new LeaverFilter();
        all.getLoggerContext().addTurboFilter(filter);
        try (TestServer server = new TestServer(folder, "jobs: {folder: " + folder + "/jobs, minFree: 1M}\n")) {
            assertThat(server.get("/live/clip/media.m3u8").statusCode()).isEqualTo(200);
            for (int i = 0; i < LEAVERS; i++) {
                for (String path : new String[] {
                    "/live/clip/index.m3u8",
                    "/live/clip/media.m3u8",
                    "/live/clip.ts",
                    "/live/clip.mp4",
                    "/api/frame.jpeg?src=clip",
                    "/api/stream.mjpeg?src=clip",
                    "/api/v1/streams",
                    "/api/v1/jobs",
                    "/nothing"
                }) {
                    leave(server.port(), get(path), "");
                    leave(server.port(), get(path), "HTTP/1.1 ");
                }
                for (String path : new String[] {"/api/ws?src=clip", "/api/preview?src=clip", "/ingest/push"}) {
                    String asked = get(path, UPGRADE);
                    leave(server.port(), asked, "");
                    leave(server.port(), asked, "HTTP/1.1 ");
                    leave(server.port(), asked + get("/"), "");
                    leave(server.port(), asked + HALF_A_HEAD, "");
                }
                leaveFilm(server.port(), 1 << i % 16);
                leave(server.port(), UPLOAD, "");
                leave(server.port(), HALF_A_HEAD, "");
            }
        } finally {
            all.getLoggerContext().getTurboFilterList().remove(filter);
            all.detachAppender(lines);
        }
        assertThat(lines.list)
                .filteredOn(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
                // Of a stream without a source, and of one whose sender has left.
                .filteredOn(line -> !line.getLoggerName().equals(LiveStream.class.getName()))
                .extracting(line -> line.getLoggerName() + ": " + line.getFormattedMessage() + ": "
                        + ThrowableProxyUtil.asString(line.getThrowableProxy()))
                .isEmpty();
    }

    /** A viewer of MSE over a WebSocket who has got so many bytes. */
    private static void leaveFilm(int port, int bytes) throws IOException {
        byte[] wish = "{\"type\":\"mse\",\"value\":\"avc1.640029,mp4a.40.2\"}".getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(get("/api/ws?src=clip", UPGRADE).getBytes(StandardCharsets.US_ASCII));
            String head = "";
            while (!head.endsWith("\r\n\r\n")) {
                head += new String(socket.getInputStream().readNBytes(1), StandardCharsets.US_ASCII);
                assertThat("HTTP/1.1 101").startsWith(head.substring(0, Math.min(12, head.length())));
            }
            // A text frame under a mask of zeros (RFC 6455 section 5.2).
            socket.getOutputStream().write(new byte[] {(byte) 0x81, (byte) (0x80 | wish.length), 0, 0, 0, 0});
            socket.getOutputStream().write(wish);
            assertThat(socket.getInputStream().readNBytes(bytes)).hasSize(bytes);
        }
    }

    private static String get(String path, String... headers) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + String.join("", headers) + "\r\n";
    }

    /**
     * Sends something and resets the connection.
     *
     * @param awaited how the answer begins, which is waited for
     */
    private static void leave(int port, String sent, String awaited) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write(sent.getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readNBytes(awaited.length());
            assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo(awaited);
            socket.setSoLinger(true, 0);
        }
    }
}
