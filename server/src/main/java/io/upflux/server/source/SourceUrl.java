package io.upflux.server.source;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A URL of which everybody who reads it reads the same: what could mean one thing to Java and another to FFmpeg is refused.
 *
 * @param scheme one of {@link #PORTS}
 * @param userInfo as it is written; null for none
 * @param host a name in small letters, or an address without brackets
 * @param port 1 to 65535
 * @param path with the query, as it is written
 */
record SourceUrl(String scheme, @Nullable String userInfo, String host, int port, String path) {
    /** What may come over the network when somebody asks, and its usual port; 0 for none. */
    static final Map<String, Integer> PORTS = Map.of("http", 80, "https", 443, "rtsp", 554, "rtmp", 1935, "srt", 0);

    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.,-]+:.*", Pattern.DOTALL);
    private static final Pattern PRINTABLE = Pattern.compile("[!-~]{1,2048}");
    private static final Pattern ENCODED_CONTROL = Pattern.compile(".*%(?:[01][0-9A-Fa-f]|7[Ff]).*");
    private static final Pattern NAME =
            Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*");

    /** A last label by which some programs take the whole for an address (WHATWG URL, "ends in a number"). */
    private static final Pattern NUMERIC = Pattern.compile("(?:.*\\.)?(?:[0-9]+|0x[0-9a-f]*)");

    /** Whether it would be read over a protocol, not as a file's path. Two letters at least, so that {@code C:} stays a drive. */
    static boolean isUrl(String source) {
        return SCHEME.matcher(source).matches();
    }

    /** @throws SourceRefused in one line, when it is refused */
    static SourceUrl parse(String text) {
        String scheme = text.substring(0, Math.max(text.indexOf(':'), 0)).toLowerCase(Locale.ROOT);
        Integer usual = PORTS.get(scheme);
        if (usual == null) {
            throw new SourceRefused("protocol " + printable(scheme) + " is not for sources that are asked for: use "
                    + "http, https, rtsp, rtmp or srt");
        }
        if (!PRINTABLE.matcher(text).matches() || ENCODED_CONTROL.matcher(text).matches()) {
            throw new SourceRefused("a source's URL has up to 2048 printable ASCII characters, and no encoded others");
        }
        try {
            URI uri = new URI(text);
            String host = uri.getHost();
            if (uri.isOpaque() || host == null || uri.getRawFragment() != null) {
                throw new SourceRefused("a source's URL is " + scheme + "://HOST:PORT/PATH, its host in plain letters");
            }
            int port = uri.getPort() < 0 ? usual : uri.getPort();
            if (port < 1 || port > 65535) {
                throw new SourceRefused("a source's URL needs a port of 1 to 65535");
            }
            String path = uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
            return new SourceUrl(scheme, uri.getRawUserInfo(), host(host), port, path);
        } catch (URISyntaxException e) {
            throw new SourceRefused("not a URL: " + e.getReason(), e);
        }
    }

    boolean isAddress() {
        return Network.isLiteral(host);
    }

    /** The same at an address. */
    String at(InetAddress address, int newPort) {
        return scheme + "://" + (userInfo == null ? "" : userInfo + "@") + written(address.getHostAddress()) + ":"
                + newPort + path;
    }

    String url() {
        return scheme + "://" + (userInfo == null ? "" : userInfo + "@") + written(host) + ":" + port + path;
    }

    /** Without what is secret. */
    @Override
    public String toString() {
        return scheme + "://" + written(host) + ":" + port;
    }

    private static String host(String written) {
        String host = written.replaceFirst("^\\[(.*)]$", "$1").toLowerCase(Locale.ROOT);
        boolean name = NAME.matcher(host).matches()
                && host.length() < 254
                && !NUMERIC.matcher(host).matches();
        if (!name && !Network.isLiteral(host)) {
            throw new SourceRefused("a source's host is a name, or an address written in full, not " + written);
        }
        return name ? host : Network.literal(host).getHostAddress();
    }

    private static String written(String host) {
        return host.indexOf(':') < 0 ? host : "[" + host + "]";
    }

    private static String printable(String text) {
        return text.replaceAll("[^!-~]", "?");
    }
}
