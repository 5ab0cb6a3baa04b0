package io.upflux.server.http;

import io.upflux.server.live.FragmentWindow;
import io.upflux.server.live.LiveStream;
import io.upflux.server.live.LiveStreams;
import io.upflux.server.live.StreamState;
import io.upflux.server.live.StreamStatus;
import io.upflux.server.live.StreamUnavailable;
import io.upflux.server.live.WindowView;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Streams as requests name them. */
final class Streams {
    /** How long a stream may take until there is something to see. */
    private static final Duration START = Duration.ofSeconds(15);

    /** How often to look whether there is anything to wait for. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private static final int PATIENCE_SEGMENTS = 3;

    private final LiveStreams streams;

    Streams(LiveStreams streams) {
        this.streams = streams;
    }

    LiveStreams all() {
        return streams;
    }

    LiveStream known(String name) {
        return streams.find(name).orElseThrow(() -> unknown(name));
    }

    /** A name that a stream has, or may have once somebody asks for it. */
    String name(String name) {
        if (!streams.covers(name)) {
            throw unknown(name);
        }
        return name;
    }

    /** A stream that somebody wants to see. */
    LiveStream wanted(String name) {
        return wanted(name, streams::watched);
    }

    /** A stream that somebody wants to send. */
    LiveStream sent(String name) {
        return wanted(name, streams::sent);
    }

    private static LiveStream wanted(String name, Function<String, Optional<LiveStream>> streams) {
        try {
            return streams.apply(name).orElseThrow(() -> unknown(name));
        } catch (StreamUnavailable e) {
            throw Problem.unavailable(String.valueOf(e.getMessage()));
        }
    }

    private static Problem unknown(String name) {
        return Problem.notFound("no stream is named " + name);
    }

    /** The stream that the query names. */
    LiveStream ofQuery(Exchange exchange) {
        return wanted(sourceOf(exchange));
    }

    private static String sourceOf(Exchange exchange) {
        String name = exchange.parameter("src");
        if (name == null) {
            throw Problem.badRequest("parameter src must name a stream");
        }
        return name;
    }

    /** What the path names: a stream, or one of its renditions. */
    Watched ofPath(Exchange exchange) {
        return watched(exchange.part("s"), exchange.parts().get("r"));
    }

    /** As {@link #ofQuery}, where {@code stream/rendition} names a rendition. */
    Watched watchedOfQuery(Exchange exchange) {
        String name = sourceOf(exchange);
        int slash = name.indexOf('/');
        return slash < 0 ? watched(name, null) : watched(name.substring(0, slash), name.substring(slash + 1));
    }

    private Watched watched(String name, @Nullable String rendition) {
        LiveStream stream = wanted(name);
        if (rendition == null) {
            return new Watched(stream, stream.window());
        }
        FragmentWindow window = stream.renditions().get(rendition);
        if (window == null) {
            throw Problem.notFound("stream " + name + " has no rendition " + rendition);
        }
        return new Watched(stream, window);
    }

    /** What a stream has, as soon as it has something. */
    Mono<WindowView> started(LiveStream stream) {
        return started(new Watched(stream, stream.window()));
    }

    /** As {@link #started(LiveStream)}, as soon as the renditions of its source have something, too, or cannot. */
    Mono<WindowView> complete(LiveStream stream) {
        return started(stream)
                .flatMap(view -> Flux.fromIterable(stream.renditions().entrySet())
                        .filter(rendition -> stream.present().contains(rendition.getKey()))
                        .flatMap(rendition -> started(new Watched(stream, rendition.getValue()))
                                .onErrorComplete(Problem.class))
                        .then(Mono.just(view)));
    }

    /** As {@link #started(LiveStream)}, of a rendition. */
    Mono<WindowView> started(Watched watched) {
        LiveStream stream = watched.stream();
        return stream.awaited(Mono.firstWithSignal(watched.window().awaitStart(), broken(stream))
                .timeout(START, Mono.error(() -> notRunning(stream)))
                .map(view -> {
                    if (view.isEmpty()) {
                        throw notRunning(stream);
                    }
                    return view;
                }));
    }

    /** Fails once a stream says why it does not run, which need not be waited for. */
    private static <T> Mono<T> broken(LiveStream stream) {
        return Flux.interval(LOOK)
                .map(tick -> stream.status())
                .filter(status -> status.error() != null
                        && (status.state() == StreamState.WAITING || status.state() == StreamState.FAILED))
                .next()
                .flatMap(status -> Mono.error(notRunning(stream)));
    }

    /** What of a stream that has started should come within some segments; else it fails. */
    static <T> Mono<T> soon(LiveStream stream, Mono<T> something) {
        Duration patience = stream.config().live().segment().multipliedBy(PATIENCE_SEGMENTS);
        return stream.awaited(something.timeout(patience, late(stream)));
    }

    static <T> Mono<T> late(LiveStream stream) {
        return Mono.error(() -> Problem.unavailable("stream " + stream.name() + " does not go on"));
    }

    private static Problem notRunning(LiveStream stream) {
        StreamStatus status = stream.status();
        String why = status.error() == null ? "" : ": " + status.error();
        return Problem.unavailable("stream " + stream.name() + " is not running" + why);
    }
}
