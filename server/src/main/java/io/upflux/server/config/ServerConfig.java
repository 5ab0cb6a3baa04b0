package io.upflux.server.config;

import io.upflux.server.source.AllowedSources;
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
 * @param tokens secrets and what they allow
 * @param anonymous what is said to be allowed without one; null when nothing is
 * @param linkSecret signs links to streams; null when there are none
 * @param tls how the server proves who it is; null to serve in the clear
 * @param log what is logged, and how
 * @param allowedSources what sources may be that somebody asks for over the network
 * @param limits what of an input is taken
 * @param streams in the order of the file
 * @param others how streams of other names are made for those who send or watch them; null for not at all
 * @param requests how streams are made and changed while the server runs
 * @param jobs null for none
 * @param webhooks who is told of jobs and streams; null for nobody
 */
public record ServerConfig(
        String host,
        int port,
        int segments,
        long viewerBytes,
        @Nullable String allowOrigin,
        List<Token> tokens,
        @Nullable Role anonymous,
        @Nullable Secret linkSecret,
        @Nullable Tls tls,
        LogConfig log,
        AllowedSources allowedSources,
        LimitsConfig limits,
        List<StreamConfig> streams,
        @Nullable StreamTemplate others,
        StreamRequests requests,
        @Nullable JobsConfig jobs,
        @Nullable WebhooksConfig webhooks) {
    /** What a server that {@link #isOpen} has to do, for messages. */
    public static final String CLOSE = "name tokens, or what is free to all (anonymous: viewer)";

    public ServerConfig {
        tokens = List.copyOf(tokens);
        streams = List.copyOf(streams);
    }

    /** As this one with another port. */
    public ServerConfig withPort(int newPort) {
        return at(host, newPort);
    }

    /** As this one, listening where that one does. */
    public ServerConfig listeningAs(ServerConfig other) {
        return at(other.host, other.port);
    }

    private ServerConfig at(String newHost, int newPort) {
        return new ServerConfig(
                newHost,
                newPort,
                segments,
                viewerBytes,
                allowOrigin,
                tokens,
                anonymous,
                linkSecret,
                tls,
                log,
                allowedSources,
                limits,
                streams,
                others,
                requests,
                jobs,
                webhooks);
    }

    /** What is allowed without a token: where nothing says so, all on a server for this machine only that knows no tokens. */
    public Role free() {
        if (anonymous != null) {
            return anonymous;
        }
        if (!local() || !tokens.isEmpty()) {
            return Role.NONE;
        }
        // The web pages of all act as whoever shows no token, and only watch.
        return "*".equals(allowOrigin) ? Role.VIEWER : Role.ADMIN;
    }

    /** Whether others than this machine can reach it and nothing says what they may do. */
    public boolean isOpen() {
        return !local() && tokens.isEmpty() && anonymous == null;
    }

    /** Without what is secret. */
    @Override
    public String toString() {
        return "ServerConfig[" + host + ":" + port + ", "
                + streams.stream().map(StreamConfig::name).toList() + "]";
    }

    /** Whether only this machine can reach it. */
    public boolean local() {
        return isLocal(host);
    }

    /** Whether a name or address can only be this machine. */
    public static boolean isLocal(String host) {
        String name = host.replaceFirst("^\\[(.*)]$", "$1");
        return name.equalsIgnoreCase("localhost") || name.equals("::1") || name.matches("127(\\.[0-9]{1,3}){3}");
    }
}
