package io.upflux.server.source;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** How names become addresses. */
@FunctionalInterface
interface Resolver {
    /** The system's way. */
    Resolver SYSTEM = host -> List.of(InetAddress.getAllByName(host));

    List<InetAddress> resolve(String host) throws UnknownHostException;
}
