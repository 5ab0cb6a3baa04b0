package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
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
    private static final int LEAVERS = 8;

    @TempDir
    Path folder;

    @Test
    void connectionsThatAreResetAreNoErrors() throws IOException {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        // Written by threads of the server while this one looks.
        lines.list = new CopyOnWriteArrayList<>();
        lines.start();
        Logger all = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        all.addAppender(lines);
        try (TestServer server = new TestServer(folder)) {
            for (String path : new String[] {"/api/ws?src=clip", "/api/preview?src=clip"}) {
                for (int i = 0; i < LEAVERS; i++) {
                    leave(server.port(), path);
                }
            }
        } finally {
            all.detachAppender(lines);
        }
        assertThat(lines.list)
                .filteredOn(line -> line.getLevel().isGreaterOrEqual(Level.ERROR))
                .extracting(line -> line.getFormattedMessage() + ": " + line.getThrowableProxy())
                .isEmpty();
    }

    /** Opens a WebSocket, and resets its connection. */
    private static void leave(int port, String path) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
                    + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readNBytes("HTTP/1.1 101".length());
            assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 101");
            socket.setSoLinger(true, 0);
        }
    }
}
