package io.upflux.server.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;
import reactor.netty.NettyOutbound;

/**
 * Whether a connection takes more bytes. Reactor Netty bounds what is on its way by a number of elements and goes on
 * writing to a peer that reads nothing; media is bounded in bytes, by whoever asks here first.
 */
final class Outlet {
    private final Connection connection;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    private Outlet(Connection connection) {
        this.connection = connection;
        connection.addHandlerLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelWritabilityChanged(ChannelHandlerContext context) {
                if (context.channel().isWritable()) {
                    listeners.forEach(Runnable::run);
                }
                context.fireChannelWritabilityChanged();
            }
        });
    }

    static Outlet of(NettyOutbound out) {
        return new Outlet(connection(out));
    }

    /** What an answer, or what a socket says, goes out on. */
    static Connection connection(NettyOutbound out) {
        AtomicReference<@Nullable Connection> connection = new AtomicReference<>();
        out.withConnection(connection::set);
        return Objects.requireNonNull(connection.get(), "an outbound without a connection");
    }

    boolean isWritable() {
        return connection.channel().isWritable();
    }

    /**
     * Listens, until that is disposed of.
     *
     * @param listener called on the event loop whenever it takes more again
     */
    Disposable onWritable(Runnable listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Completes when it takes more. */
    Mono<Void> whenWritable() {
        return Mono.defer(() -> {
            Sinks.Empty<Void> writable = Sinks.empty();
            Disposable waking = onWritable(writable::tryEmitEmpty);
            if (isWritable()) {
                writable.tryEmitEmpty();
            }
            return writable.asMono().doFinally(end -> waking.dispose());
        });
    }
}
