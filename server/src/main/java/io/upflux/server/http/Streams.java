package io.upflux.server.http;

import io.upflux.server.live.LiveStream;
import io.upflux.server.live.LiveStreams;
import io.upflux.server.live.StreamStatus;
import io.upflux.server.live.WindowView;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Streams as requests name them. */
final class Streams {
    /** How long a stream may take until there is something to see. */
    private static final Duration START = Duration.ofSeconds(15);

    private final LiveStreams streams;

    Streams(LiveStreams streams) {
        this.streams = streams;
    }

    LiveStreams all() {
        return streams;
    }

    LiveStream known(String name) {
        return streams.find(name).orElseThrow(() -> Problem.notFound("no stream is named " + name));
    }

    /** A stream that somebody wants to see. */
    LiveStream wanted(String name) {
        LiveStream stream = known(name);
        stream.touch();
        return stream;
    }

    /** The stream that the query names. */
    LiveStream ofQuery(Exchange exchange) {
        @Nullable String name = exchange.parameter("src");
        if (name == null) {
            throw Problem.badRequest("parameter src must name a stream");
        }
        return wanted(name);
    }

    /** What a stream has, as soon as it has something. */
    Mono<WindowView> started(LiveStream stream) {
        return stream.window()
                .awaitStart()
                .timeout(START, Mono.error(() -> notRunning(stream)))
                .map(view -> {
                    if (view.isEmpty()) {
                        throw notRunning(stream);
                    }
                    return view;
                });
    }

    private static Problem notRunning(LiveStream stream) {
        StreamStatus status = stream.status();
        String why = status.error() == null ? "" : ": " + status.error();
        return Problem.unavailable("stream " + stream.name() + " is not running" + why);
    }
}
