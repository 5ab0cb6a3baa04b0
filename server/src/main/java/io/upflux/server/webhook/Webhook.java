package io.upflux.server.webhook;

import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpStatusClass;
import io.upflux.server.config.Secret;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.BufferOverflowStrategy;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufMono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.util.retry.Retry;

/**
 * One who is told: events are posted to an address one after the other, each again when it is not taken, a few times. Where
 * they come faster than they are taken, some wait, and the oldest of more are lost.
 */
final class Webhook {
    /** HMAC-SHA256 of the body, as {@link Secret#sign} makes it. */
    static final String SIGNATURE = "Upflux-Signature";

    static final int RETRIES = 4;
    static final int WAITING = 256;

    private static final Logger LOG = LoggerFactory.getLogger(Webhook.class);
    private static final int CONNECT_MILLIS = 5000;

    private final URI address;
    private final @Nullable Secret secret;
    private final Duration patience;
    private final Duration pause;

    // Each time a connection of its own: events are rare, and none is kept that would have to be closed.
    private final HttpClient client = HttpClient.newConnection()
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
            .disableRetry(true)
            .followRedirect(false);

    /**
     * @param secret signs what is sent; null to send it unsigned
     * @param patience how long an answer may take
     * @param pause before the first retry; the following ones double
     */
    Webhook(URI address, @Nullable Secret secret, Duration patience, Duration pause) {
        this.address = address;
        this.secret = secret;
        this.patience = patience;
        this.pause = pause;
    }

    /** Posts events until disposed; they are taken as fast as they come. */
    Disposable follow(Flux<Event> events) {
        return events.onBackpressureBuffer(WAITING, this::lost, BufferOverflowStrategy.DROP_OLDEST)
                .concatMap(this::deliver, 1)
                .subscribe();
    }

    private Mono<Void> deliver(Event event) {
        String body = event.json();
        return client.headers(headers -> describe(headers, body))
                .post()
                .uri(address)
                .send(ByteBufMono.fromString(Mono.just(body)))
                .response()
                .flatMap(Webhook::taken)
                .timeout(patience)
                .retryWhen(Retry.backoff(RETRIES, pause).onRetryExhaustedThrow((tries, last) -> last.failure()))
                .onErrorResume(failure -> {
                    LOG.warn("{} was not told of {} {}: {}", place(), event.kind(), event.name(), failure.toString());
                    return Mono.empty();
                });
    }

    private void describe(HttpHeaders headers, String body) {
        headers.set(HttpHeaderNames.CONTENT_TYPE, "application/json");
        if (secret != null) {
            headers.set(SIGNATURE, secret.sign(body));
        }
    }

    private static Mono<Void> taken(HttpClientResponse response) {
        return response.status().codeClass() == HttpStatusClass.SUCCESS
                ? Mono.empty()
                : Mono.error(new IOException("it answers " + response.status()));
    }

    private void lost(Event event) {
        LOG.warn("{} was not told of {} {}: {} others wait already", place(), event.kind(), event.name(), WAITING);
    }

    /** Without the path, which may be a secret. */
    private String place() {
        return address.getScheme() + "://" + address.getAuthority();
    }
}
