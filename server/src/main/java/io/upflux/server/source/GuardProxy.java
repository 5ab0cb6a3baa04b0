package io.upflux.server.source;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP proxy (RFC 9112, section 3.2; RFC 9110, section 9.3.6) through which FFmpeg makes all its HTTP connections when
 * somebody else chose the source. Redirects and playlists come back to it, so each connection is checked, and it is made to
 * the very address that was checked.
 */
final class GuardProxy implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GuardProxy.class);
    private static final Pattern REQUEST = Pattern.compile("(GET|HEAD|CONNECT) ([!-~]+) HTTP/1\\.[01]");
    private static final Pattern IN_THE_CLEAR = Pattern.compile("http://([^/?#]+)([^#]*)(?:#.*)?");
    private static final int LONGEST_HEAD = 64 << 10;
    private static final String USER = "upflux";

    private final Gate gate;
    private final LoopbackPort port = new LoopbackPort("upflux-source", this::serve);
    private final String secret = secret();

    GuardProxy(Gate gate) {
        this.gate = gate;
    }

    /** Value of FFmpeg's option {@code http_proxy}. */
    String url() {
        return "http://" + USER + ":" + secret + "@" + port.address().getHostAddress() + ":" + port.port() + "/";
    }

    @Override
    public void close() {
        port.close();
    }

    private void serve(Socket client) throws IOException {
        List<String> head = head(client.getInputStream()).lines().toList();
        Matcher request = REQUEST.matcher(head.isEmpty() ? "" : head.get(0));
        if (!request.matches()) {
            answer(client, "400 Bad Request", "");
            return;
        }
        if (head.stream().noneMatch(this::authorises)) {
            answer(client, "407 Proxy Authentication Required", "Proxy-Authenticate: Basic realm=\"upflux\"\r\n");
            return;
        }
        String method = request.group(1);
        String target = request.group(2);
        try {
            if (method.equals("CONNECT")) {
                tunnel(client, SourceUrl.parse("https://" + target + "/"));
            } else {
                fetch(client, method, target, head);
            }
        } catch (SourceRefused e) {
            LOG.warn("a source led to what is refused: {}", e.getMessage());
            answer(client, "403 Forbidden", "");
        }
    }

    private void tunnel(Socket client, SourceUrl target) throws IOException {
        try (Socket server = connected(client, target)) {
            client.getOutputStream()
                    .write("HTTP/1.1 200 Connection established\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            port.join(client, server, LoopbackPort.Filter.NONE, LoopbackPort.Filter.NONE);
        }
    }

    /** What stands behind the host is the server's own matter, and playlists are careless about it. */
    private void fetch(Socket client, String method, String target, List<String> head) throws IOException {
        Matcher url = IN_THE_CLEAR.matcher(target);
        if (!url.matches()) {
            throw new SourceRefused("only http is asked for in the clear");
        }
        SourceUrl checked = SourceUrl.parse("http://" + url.group(1) + "/");
        String path = url.group(2).startsWith("/") ? url.group(2) : "/" + url.group(2);
        try (Socket server = connected(client, checked)) {
            StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
            for (String line : head.subList(1, head.size())) {
                String name = line.toLowerCase(Locale.ROOT);
                if (!line.isEmpty() && !name.startsWith("proxy-") && !name.startsWith("connection:")) {
                    request.append(line).append("\r\n");
                }
            }
            // One answer a connection, so that each request is looked at.
            request.append("Connection: close\r\n\r\n");
            server.getOutputStream().write(request.toString().getBytes(StandardCharsets.ISO_8859_1));
            port.join(client, server, NOTHING_MORE, LoopbackPort.Filter.NONE);
        }
    }

    private static final LoopbackPort.Filter NOTHING_MORE = (bytes, count) -> {
        throw new IOException("a second request");
    };

    private Socket connected(Socket client, SourceUrl target) throws IOException {
        try {
            return gate.connect(target);
        } catch (IOException e) {
            LOG.debug("{} cannot be reached", target, e);
            answer(client, "502 Bad Gateway", "");
            throw e;
        }
    }

    private boolean authorises(String line) {
        String expected = "Proxy-Authorization: Basic "
                + Base64.getEncoder().encodeToString((USER + ":" + secret).getBytes(StandardCharsets.US_ASCII));
        return MessageDigest.isEqual(
                expected.getBytes(StandardCharsets.ISO_8859_1), line.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Up to the empty line. */
    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int ends = 0;
        for (int next = in.read(); next >= 0 && head.size() < LONGEST_HEAD; next = in.read()) {
            head.write(next);
            ends = next == '\n' ? ends + 1 : next == '\r' ? ends : 0;
            if (ends == 2) {
                return head.toString(StandardCharsets.ISO_8859_1);
            }
        }
        throw new IOException("no request");
    }

    private static void answer(Socket client, String status, String headers) throws IOException {
        String text = "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: 0\r\nConnection: close\r\n\r\n";
        client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String secret() {
        byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
