package io.upflux.server.http;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.netty.handler.codec.PrematureChannelClosureException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import reactor.netty.channel.AbortedException;

/**
 * Keeps out of the log what Reactor Netty, and Netty for it, say at warning and error of connections that others reset or
 * left. Nothing is wrong then, and nobody can mend it; whoever counts on the log's errors would be called by any closed
 * laptop.
 */
public final class LeaverFilter extends TurboFilter {
    private static final String LIBRARY = "reactor.netty.";

    /** Warns of nothing but errors of a request's body that come when its handler has done with it (reactor-netty 1202). */
    private static final String BODIES = "reactor.netty.channel.FluxReceive";

    /** Where Netty tells that Reactor Netty wanted to say goodbye over a WebSocket whose connection was gone by then. */
    private static final String TASKS = "io.netty.util.concurrent.AbstractEventExecutor";

    private static final String GONE = "channel not registered to an event loop";

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] arguments,
            @Nullable Throwable failure) {
        boolean left = logger.getName().equals(BODIES)
                || (logger.getName().startsWith(LIBRARY) && failure != null && isOfLeaving(failure))
                || (logger.getName().equals(TASKS) && failure != null && GONE.equals(failure.getMessage()));
        return left && level.isGreaterOrEqual(Level.WARN) && !logger.isDebugEnabled()
                ? FilterReply.DENY
                : FilterReply.NEUTRAL;
    }

    /** The latter in the middle of a message of several frames. */
    private static boolean isOfLeaving(Throwable failure) {
        return AbortedException.isConnectionReset(failure) || failure instanceof PrematureChannelClosureException;
    }
}
