package io.upflux.server.http;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.upflux.pipeline.StreamException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** {@code POST /api/v1/reload}: takes in the configuration as it is now, and tells whoever asks what is wrong with it. */
final class ReloadRoute {
    private volatile @Nullable Runnable reload;

    /** @param action takes it in, and fails with a {@link StreamException} when it is wrong; may wait */
    void does(Runnable action) {
        reload = action;
    }

    void addTo(Router router) {
        router.administer(HttpMethod.POST, "/api/v1/reload", this::reload);
    }

    private Mono<Void> reload(Exchange exchange) {
        Runnable action = reload;
        if (action == null) {
            throw Problem.notFound("this server has no configuration that could be read again");
        }
        return Mono.fromRunnable(action)
                .subscribeOn(Schedulers.boundedElastic())
                .onErrorMap(StreamException.class, wrong -> Problem.unusable(String.valueOf(wrong.getMessage())))
                .then(Mono.defer(() -> {
                    exchange.response().status(HttpResponseStatus.NO_CONTENT);
                    return exchange.onLoop(exchange.response().send());
                }));
    }
}
