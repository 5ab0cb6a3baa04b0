package io.upflux.server.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.upflux.server.job.Job;
import io.upflux.server.job.JobState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/**
 * A job as it changes, as server-sent events: {@code state} when its state is another one, else {@code progress}, each with
 * the whole job. Comments in between keep connections open and show that they are.
 */
final class JobEvents {
    private static final Duration BEAT = Duration.ofSeconds(15);

    private final Flux<Job> changes;
    private @Nullable JobState last;

    JobEvents(Flux<Job> changes) {
        this.changes = changes;
    }

    Mono<Void> send(Exchange exchange) {
        HttpServerResponse response = exchange.response()
                .status(HttpResponseStatus.OK)
                .header(HttpHeaderNames.CONTENT_TYPE, "text/event-stream")
                .header(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .header("X-Accel-Buffering", "no");
        if (exchange.request().method().equals(HttpMethod.HEAD)) {
            return exchange.onLoop(response.send());
        }
        return exchange.onLoop(response.send(
                        lines().map(line -> Unpooled.wrappedBuffer(line.getBytes(StandardCharsets.UTF_8))),
                        line -> true)
                .then());
    }

    /** Until the last change. */
    Flux<String> lines() {
        return changes.map(this::event)
                .publish(events -> events.mergeWith(Flux.interval(BEAT)
                        .onBackpressureDrop()
                        .map(beat -> ":\n\n")
                        .takeUntilOther(events.then())));
    }

    private String event(Job job) {
        String name = job.state() == last ? "progress" : "state";
        last = job.state();
        return "event: " + name + "\ndata: " + JobView.of(job) + "\n\n";
    }
}
