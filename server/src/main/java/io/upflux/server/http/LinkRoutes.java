package io.upflux.server.http;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.upflux.server.config.Durations;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import reactor.core.publisher.Mono;

/** {@code POST /api/v1/streams/{s}/links}: addresses to give away. */
final class LinkRoutes {
    private static final Duration USUAL = Duration.ofHours(1);
    private static final Duration LONGEST = Duration.ofDays(366);

    private final Streams streams;
    private final Links links;

    LinkRoutes(Streams streams, Links links) {
        this.streams = streams;
        this.links = links;
    }

    void addTo(Router router) {
        router.change(HttpMethod.POST, "/api/v1/streams/{s}/links", this::create);
    }

    private Mono<Void> create(Exchange exchange) {
        String name = streams.name(exchange.part("s"));
        Instant expires = links.now().plus(validFor(exchange)).truncatedTo(ChronoUnit.SECONDS);
        String parameters = links.parameters(name, expires);
        return exchange.json(
                HttpResponseStatus.CREATED,
                Exchange.JSON,
                Map.of(
                        "path",
                        "/live/" + name + "/index.m3u8?" + parameters,
                        "parameters",
                        parameters,
                        "expires",
                        expires.toString()));
    }

    private static Duration validFor(Exchange exchange) {
        String text = exchange.parameter("validFor");
        if (text == null) {
            return USUAL;
        }
        try {
            Duration said = Durations.parse(text);
            if (said.compareTo(Duration.ofSeconds(1)) >= 0 && said.compareTo(LONGEST) <= 0) {
                return said;
            }
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("parameter validFor " + e.getMessage());
        }
        throw Problem.badRequest("parameter validFor must be a second to " + LONGEST.toHours() + "h, not " + text);
    }
}
