package io.upflux.server.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All settings of a server.
 *
 * @param host name or address to listen on
 * @param port 0 for any free one
 * @param segments complete segments that a playlist holds
 * @param viewerBytes what may wait for one viewer
 * @param allowOrigin whose web pages may read answers, {@code *} for all; null for the server's own only
 * @param streams in the order of the file
 */
public record ServerConfig(
        String host,
        int port,
        int segments,
        long viewerBytes,
        @Nullable String allowOrigin,
        List<StreamConfig> streams) {
    public ServerConfig {
        streams = List.copyOf(streams);
    }

    /** As this one with another port. */
    public ServerConfig withPort(int newPort) {
        return new ServerConfig(host, newPort, segments, viewerBytes, allowOrigin, streams);
    }
}
