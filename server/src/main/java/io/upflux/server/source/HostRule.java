package io.upflux.server.source;

import io.upflux.pipeline.StreamException;
import java.net.InetAddress;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Hosts that may be read from. Whom it allows by name must have a public address; other addresses only a rule allows that
 * writes them out.
 *
 * @param scheme of the URLs
 * @param name small letters, {@code *.} before it for all names below, or {@code *} for all; unused with a network
 * @param network addresses that are meant; null for a name
 * @param lowest port
 * @param highest port
 */
record HostRule(String scheme, String name, @Nullable Network network, int lowest, int highest) {
    private static final Pattern FORM = Pattern.compile(
            "([a-z]+)://(\\[[0-9A-Fa-f:.]+]|[0-9A-Za-z.*-]+)(/[0-9]{1,3})?(?::([0-9]{1,5})(?:-([0-9]{1,5}))?)?");

    private static final Pattern NAME = Pattern.compile("\\*|(?:\\*\\.)?[a-z0-9-]+(?:\\.[a-z0-9-]+)*");

    /** Wider networks than the widest private ones (127/8, fc00::/7) would let in addresses that nobody had in mind. */
    private static final int WIDEST_V4 = 8;

    private static final int WIDEST_V6 = 7;

    /** @throws StreamException when it is none */
    static HostRule parse(String text) {
        Matcher matcher = FORM.matcher(text);
        Integer usual = matcher.matches() ? SourceUrl.PORTS.get(matcher.group(1)) : null;
        if (usual == null) {
            throw wrong(text);
        }
        String host = matcher.group(2).replaceFirst("^\\[(.*)]$", "$1").toLowerCase(Locale.ROOT);
        Network network = Network.isLiteral(host) ? network(text, host, matcher.group(3)) : null;
        boolean name = network == null
                && matcher.group(3) == null
                && NAME.matcher(host).matches();
        int lowest = matcher.group(4) == null ? usual : Integer.parseInt(matcher.group(4));
        int highest = matcher.group(5) == null ? lowest : Integer.parseInt(matcher.group(5));
        if (network == null && !name || lowest < 1 || highest > 65535 || lowest > highest) {
            throw wrong(text);
        }
        return new HostRule(matcher.group(1), host, network, lowest, highest);
    }

    /** Whether it may allow this, before names are resolved. */
    boolean covers(SourceUrl url) {
        if (!scheme.equals(url.scheme()) || url.port() < lowest || url.port() > highest) {
            return false;
        }
        return url.isAddress() ? permits(url, Network.literal(url.host())) : network != null || names(url.host());
    }

    /** Whether it allows to connect to this address for such a URL. */
    boolean permits(SourceUrl url, InetAddress address) {
        if (!scheme.equals(url.scheme()) || url.port() < lowest || url.port() > highest) {
            return false;
        }
        return network != null
                ? network.contains(address)
                : (name.equals("*") || !url.isAddress() && names(url.host())) && PublicAddresses.contains(address);
    }

    private boolean names(String host) {
        return name.equals("*") || (name.startsWith("*.") ? host.endsWith(name.substring(1)) : host.equals(name));
    }

    private static Network network(String text, String host, @Nullable String prefix) {
        try {
            Network network = Network.of(prefix == null ? host : host + prefix);
            if (network.prefix() >= (Network.bits(network.first()) == 32 ? WIDEST_V4 : WIDEST_V6)) {
                return network;
            }
        } catch (IllegalArgumentException e) {
            throw wrong(text);
        }
        throw new StreamException(text + " is too wide; * means all public addresses");
    }

    private static StreamException wrong(String text) {
        return new StreamException(text + " is neither an absolute folder nor like https://*.example.org:443, "
                + "rtsp://10.0.0.0/8:554 or http://[fd00::1]:8000-8099, with http, https, rtsp, rtmp or srt");
    }
}
