package io.upflux.server.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.upflux.pipeline.StreamException;
import io.upflux.server.preview.Preview;
import io.upflux.server.preview.PreviewWish;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * One who looks at a stream, frame by frame: the next one is asked for when the last one is sent, so that a slow client
 * gets fewer, and none that waited. A new wish counts at once.
 */
final class PreviewFollower {
    private final Function<PreviewWish, Mono<Preview>> frames;
    private final Function<Preview, Mono<Void>> pictures;
    private final Function<String, Mono<Void>> texts;
    private final Sinks.Many<PreviewRequest> wishes = Sinks.many().replay().latest();
    private final AtomicBoolean over = new AtomicBoolean();
    private @Nullable PreviewRequest last;
    private long due;

    /**
     * @param frames the next one; empty when no more will come
     * @param pictures sends them, and completes when they are sent
     * @param texts sends one
     */
    PreviewFollower(
            Function<PreviewWish, Mono<Preview>> frames,
            Function<Preview, Mono<Void>> pictures,
            Function<String, Mono<Void>> texts) {
        this.frames = frames;
        this.pictures = pictures;
        this.texts = texts;
    }

    /** Takes note of what the client says, or tells it what is wrong with that. */
    Mono<Void> hear(String text) {
        try {
            wishes.tryEmitNext(PreviewRequest.parse(text)).orThrow();
            return Mono.empty();
        } catch (Problem e) {
            return tell(e);
        }
    }

    /** Sends pictures until there are no more, from the first wish on. */
    Mono<Void> show() {
        return wishes.asFlux()
                .next()
                .flatMap(wish -> next(wish)
                        .takeUntilOther(wishes.asFlux().filter(other -> other != wish))
                        .flatMap(pictures)
                        .onErrorResume(
                                StreamException.class,
                                failure -> tell(failure)
                                        .then(wishes.asFlux()
                                                .filter(other -> other != wish)
                                                .next()
                                                .then())))
                .repeat(() -> !over.get())
                .then();
    }

    private Mono<Preview> next(PreviewRequest request) {
        if (request.wish().kinds().isEmpty()) {
            return Mono.never();
        }
        long now = Schedulers.parallel().now(TimeUnit.NANOSECONDS);
        due = request == last ? Math.max(now, due) : now;
        last = request;
        return Mono.delay(Duration.ofNanos(due - now))
                .then(Mono.defer(() -> {
                    due += request.period().toNanos();
                    return frames.apply(request.wish());
                }))
                .switchIfEmpty(Mono.fromRunnable(() -> over.set(true)));
    }

    private Mono<Void> tell(RuntimeException failure) {
        return texts.apply(JsonNodeFactory.instance
                .objectNode()
                .put("type", "error")
                .put("value", String.valueOf(failure.getMessage()))
                .toString());
    }
}
