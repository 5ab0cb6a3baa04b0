package io.upflux.server.source;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A port through which FFmpeg speaks RTSP (RFC 2326) with one checked address. FFmpeg follows redirections by itself until
 * it plays, so an answer that is one ends the connection.
 */
final class RtspRelay implements AutoCloseable {
    /** FFmpeg takes any line for an answer in which its first word begins so, and the number after it as C reads it. */
    private static final Pattern ANSWER = Pattern.compile("RTSP/([^\n]*)\n");

    private static final Pattern NO_REDIRECTION = Pattern.compile("1\\.[0-9] [12456][0-9]{2}(?: [^\\x00]*)?");
    private static final int LONGEST_DESCRIPTION = 256 << 10;

    private final List<InetAddress> addresses;
    private final int target;
    private final LoopbackPort port = new LoopbackPort("upflux-rtsp", this::serve);

    RtspRelay(List<InetAddress> addresses, int target) {
        this.addresses = addresses;
        this.target = target;
    }

    InetAddress address() {
        return port.address();
    }

    int port() {
        return port.port();
    }

    @Override
    public void close() {
        port.close();
    }

    private void serve(Socket client) throws IOException {
        try (Socket server = Gate.connect(addresses, target)) {
            Dialogue dialogue = new Dialogue();
            port.join(client, server, dialogue::request, dialogue::answer);
        }
    }

    /** What is said before media flow. */
    private static final class Dialogue {
        private final StringBuilder said = new StringBuilder();
        private volatile boolean playing;

        void request(byte[] bytes, int count) {
            playing |= new String(bytes, 0, Math.min(count, 5), StandardCharsets.ISO_8859_1).equals("PLAY ");
        }

        void answer(byte[] bytes, int count) throws IOException {
            if (playing) {
                return;
            }
            said.append(new String(bytes, 0, count, StandardCharsets.ISO_8859_1).replace("\r", ""));
            Matcher answer = ANSWER.matcher(said);
            while (answer.find()) {
                if (!NO_REDIRECTION.matcher(answer.group(1)).matches()) {
                    throw new IOException("a redirection");
                }
            }
            if (said.length() > LONGEST_DESCRIPTION) {
                throw new IOException("an endless description");
            }
        }
    }
}
