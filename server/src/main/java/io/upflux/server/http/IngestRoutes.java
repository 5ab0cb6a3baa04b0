package io.upflux.server.http;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.upflux.pipeline.StreamException;
import io.upflux.server.live.LiveStream;
import io.upflux.server.live.Publication;
import io.upflux.server.live.StreamState;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** {@code /ingest/{s}}: streams sent to the server, as a request's body or over a WebSocket. */
final class IngestRoutes {
    private static final int LARGEST_MESSAGE = 4 << 20;

    private final Streams streams;

    IngestRoutes(Streams streams) {
        this.streams = streams;
    }

    void addTo(Router router) {
        router.change(HttpMethod.PUT, "/ingest/{s}", this::body)
                .change(HttpMethod.POST, "/ingest/{s}", this::body)
                .change(HttpMethod.GET, "/ingest/{s}", this::socket);
    }

    private Mono<Void> body(Exchange exchange) {
        Publication publication = begin(exchange);
        return received(publication, exchange.request().receive().asByteArray())
                .onErrorMap(StreamException.class, failure -> Problem.unusable(String.valueOf(failure.getMessage())))
                .then(Mono.defer(() -> {
                    exchange.response().status(HttpResponseStatus.NO_CONTENT);
                    return exchange.onLoop(exchange.response().send());
                }));
    }

    private Mono<Void> socket(Exchange exchange) {
        exchange.requireUpgrade();
        Publication publication = begin(exchange);
        return exchange.socket(
                LARGEST_MESSAGE, (in, out) -> received(publication, in.receive().asByteArray()));
    }

    private Publication begin(Exchange exchange) {
        LiveStream stream = streams.sent(exchange.part("s"));
        if (!stream.isPublished()) {
            throw Problem.conflict(
                    "stream " + stream.name() + " has a source of its own; source: publisher takes this one");
        }
        if (stream.status().state() == StreamState.FAILED) {
            throw Problem.unavailable("stream " + stream.name() + " cannot run: "
                    + stream.status().error());
        }
        return stream.publish()
                .orElseThrow(() -> Problem.conflict("somebody sends stream " + stream.name() + " already"));
    }

    private static Mono<Void> received(Publication publication, Flux<byte[]> bytes) {
        return publication
                .done()
                .doOnSubscribe(subscription -> bytes.subscribe(publication))
                .doOnCancel(publication::close);
    }
}
