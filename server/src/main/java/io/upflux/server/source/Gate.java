package io.upflux.server.source;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.Supplier;

/** The one place where names become addresses, and where it is decided which of them may be connected to. */
final class Gate {
    private static final int CONNECT_MILLIS = 10_000;

    /** A peer that sends nothing for so long is given up; FFmpeg gives up before. */
    private static final int SILENCE_MILLIS = 60_000;

    private final Supplier<AllowedSources> allowed;
    private final Resolver resolver;

    Gate(Supplier<AllowedSources> allowed, Resolver resolver) {
        this.allowed = allowed;
        this.resolver = resolver;
    }

    /** Addresses of a URL that may be connected to; waits for the name's resolution. */
    List<InetAddress> addresses(SourceUrl url) {
        AllowedSources rules = allowed.get();
        rules.check(url);
        try {
            List<InetAddress> addresses =
                    url.isAddress() ? List.of(Network.literal(url.host())) : resolver.resolve(url.host());
            return rules.permitted(url, addresses);
        } catch (UnknownHostException e) {
            throw new SourceRefused(url + ": no such host", e);
        }
    }

    /** A connection to the first of its addresses that answers. */
    Socket connect(SourceUrl url) throws IOException {
        return connect(addresses(url), url.port());
    }

    static Socket connect(List<InetAddress> addresses, int port) throws IOException {
        IOException failure = null;
        for (InetAddress address : addresses) {
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
                socket.setSoTimeout(SILENCE_MILLIS);
                return socket;
            } catch (IOException e) {
                socket.close();
                failure = e;
            }
        }
        throw failure == null ? new IOException("no address") : failure;
    }
}
