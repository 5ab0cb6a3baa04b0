package io.upflux.server.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;

/**
 * Whether a connection takes more bytes. Reactor Netty bounds what is on its way by a number of elements and goes on
 * writing to a peer that reads nothing; media is bounded in bytes, by whoever asks here first.
 */
final class Outlet {
    private final Connection connection;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    Outlet(Connection connection) {
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

    boolean isWritable() {
        return connection.channel().isWritable();
    }

    /** @param listener called on the event loop whenever it takes more again */
    void onWritable(Runnable listener) {
        listeners.add(listener);
    }

    /** Completes when it takes more. */
    Mono<Void> whenWritable() {
        return Mono.defer(() -> {
            Sinks.Empty<Void> writable = Sinks.empty();
            Runnable listener = writable::tryEmitEmpty;
            listeners.add(listener);
            if (isWritable()) {
                writable.tryEmitEmpty();
            }
            return writable.asMono().doFinally(end -> listeners.remove(listener));
        });
    }
}
