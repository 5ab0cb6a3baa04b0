package io.upflux.server.webhook;

import io.upflux.server.config.WebhooksConfig;
import io.upflux.server.job.Jobs;
import io.upflux.server.live.LiveStream;
import io.upflux.server.live.LiveStreams;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** Tells those whom the configuration names of jobs and streams. What is not delivered when this is closed is lost. */
public final class Webhooks implements AutoCloseable {
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Disposable.Composite receivers = Disposables.composite();

    private Webhooks(WebhooksConfig config, Flux<Event> events) {
        Flux<Event> all = events.publish().refCount(config.urls().size());
        config.urls().forEach(url -> receivers.add(new Webhook(url, config.secret(), PATIENCE, PAUSE).follow(all)));
    }

    /**
     * Begins to tell.
     *
     * @param jobs null for none
     */
    public static Webhooks start(WebhooksConfig config, LiveStreams streams, @Nullable Jobs jobs) {
        Flux<Event> ends = jobs == null ? Flux.empty() : jobs.endings().map(Event::of);
        StreamTransitions transitions = new StreamTransitions();
        Flux<Event> changes = Flux.interval(LOOK, Schedulers.boundedElastic())
                .onBackpressureDrop()
                .concatMapIterable(tick -> transitions.look(
                        streams.all().stream().map(LiveStream::status).toList()));
        return new Webhooks(config, Flux.merge(ends, changes));
    }

    /** Stops telling, at once. */
    @Override
    public void close() {
        receivers.dispose();
    }
}
