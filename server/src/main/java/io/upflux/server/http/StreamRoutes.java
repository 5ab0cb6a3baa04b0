package io.upflux.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.upflux.pipeline.StreamException;
import io.upflux.server.config.ServerConfig;
import io.upflux.server.config.StreamConfig;
import io.upflux.server.config.StreamRequests;
import io.upflux.server.live.LiveStream;
import io.upflux.server.live.LiveStreams;
import io.upflux.server.preview.PreviewKind;
import io.upflux.server.source.SourceRefused;
import java.util.function.Function;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** {@code /api/v1/streams}: streams made, changed and deleted while the server runs, as long as it does. */
final class StreamRoutes {
    private static final String STREAMS = "/api/v1/streams";
    private static final String STREAM = STREAMS + "/{s}";

    private final Streams named;
    private final LiveStreams streams;
    private volatile StreamRequests requests;

    StreamRoutes(Streams streams, StreamRequests requests) {
        this.named = streams;
        this.streams = streams.all();
        this.requests = requests;
    }

    /** From now on, requests may ask for what this configuration lets them. */
    void become(ServerConfig config) {
        requests = config.requests();
    }

    void addTo(Router router) {
        router.change(HttpMethod.POST, STREAMS, this::create)
                .change(HttpMethod.PUT, STREAM, this::put)
                .change(HttpMethod.PATCH, STREAM, this::patch)
                .change(HttpMethod.DELETE, STREAM, this::delete)
                .change(HttpMethod.GET, STREAM + "/settings", this::settings)
                .change(HttpMethod.GET, STREAM + "/spoilt/source.png", spoilt(PreviewKind.SOURCE))
                .change(HttpMethod.GET, STREAM + "/spoilt/upscaled.png", spoilt(PreviewKind.UPSCALED));
    }

    private Mono<Void> create(Exchange exchange) {
        return exchange.jsonBody().flatMap(said -> {
            // Names of files are looked up on disks that may hang.
            return onWorker(() -> checked(() -> requests.create(said)))
                    .flatMap(config -> onWorker(() -> streams.add(config)).flatMap(added -> {
                        if (!added) {
                            throw Problem.conflict("a stream is named " + config.name() + " already");
                        }
                        return created(exchange, config.name());
                    }));
        });
    }

    private Mono<Void> put(Exchange exchange) {
        return exchange.jsonBody().flatMap(said -> {
            return onWorker(() -> checked(() -> requests.create(exchange.part("s"), said)))
                    .flatMap(config -> onWorker(() -> streams.change(config))
                            .flatMap(changed -> changed
                                    ? shown(exchange, config.name())
                                    : onWorker(() -> streams.add(config))
                                            .flatMap(added -> created(exchange, config.name()))));
        });
    }

    private Mono<Void> patch(Exchange exchange) {
        return exchange.jsonBody().flatMap(said -> {
            LiveStream stream = known(exchange);
            if (stream.config().ephemeral()) {
                throw Problem.conflict("stream " + stream.name()
                        + " is one of all_others, as the configuration makes them; PUT lists one of this name");
            }
            return onWorker(() -> checked(() -> requests.change(stream.config(), said)))
                    .flatMap(config -> onWorker(() -> streams.change(config))
                            .then(Mono.defer(() -> shown(exchange, config.name()))));
        });
    }

    private Mono<Void> delete(Exchange exchange) {
        LiveStream stream = known(exchange);
        return onWorker(() -> streams.remove(stream.name())).then(Mono.defer(() -> {
            exchange.response().status(HttpResponseStatus.NO_CONTENT);
            return exchange.onLoop(exchange.response().send());
        }));
    }

    private Mono<Void> settings(Exchange exchange) {
        return exchange.json(known(exchange).config().settings());
    }

    private Function<Exchange, Mono<Void>> spoilt(PreviewKind kind) {
        return exchange -> {
            LiveStream stream = known(exchange);
            return Mono.fromCallable(() -> stream.spoilt(kind)
                            .orElseThrow(() -> Problem.notFound("no picture of stream " + stream.name()
                                    + " has stayed spoilt since it was started")))
                    .subscribeOn(Schedulers.boundedElastic())
                    .flatMap(file -> new FileAnswer(file, stream.name() + "." + file.getFileName()).send(exchange));
        };
    }

    private LiveStream known(Exchange exchange) {
        return named.known(exchange.part("s"));
    }

    private Mono<Void> created(Exchange exchange, String name) {
        exchange.response().status(HttpResponseStatus.CREATED).header(HttpHeaderNames.LOCATION, STREAMS + "/" + name);
        return shown(exchange, name);
    }

    private Mono<Void> shown(Exchange exchange, String name) {
        LiveStream stream = streams.find(name)
                .orElseThrow(() -> Problem.conflict("somebody else deleted stream " + name + " meanwhile"));
        return exchange.json(ApiRoutes.tree(stream));
    }

    private StreamConfig checked(Supplier<StreamConfig> requested) {
        try {
            StreamConfig config = requested.get();
            streams.check(config);
            return config;
        } catch (SourceRefused e) {
            throw Problem.forbidden(String.valueOf(e.getMessage()));
        } catch (StreamException e) {
            throw Problem.unusable(String.valueOf(e.getMessage()));
        }
    }

    /** Streams take their time to stop. */
    private static <T> Mono<T> onWorker(Supplier<T> change) {
        return Mono.fromSupplier(change).subscribeOn(Schedulers.boundedElastic());
    }
}
