package io.upflux.server.live;

import io.upflux.codecs.Fragment;
import io.upflux.server.config.StreamConfig;
import io.upflux.server.decode.Decoders;
import io.upflux.server.preview.PreviewKind;
import io.upflux.server.preview.Previews;
import io.upflux.server.source.SourceGuard;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * What a stream's thread does: reads its source again and again, one session after the other, until it is told to stop. Whatever
 * fails, errors of the virtual machine included, is shown, and tried again after a pause. Any thread may ask where it is.
 */
final class StreamRun {
    private static final Logger LOG = LoggerFactory.getLogger(LiveStream.class);

    private static final Duration FOREVER = Duration.ofDays(10_000);

    private final StreamConfig config;
    private final SourceGuard guard;
    private final Ladders ladders;
    private final StreamWindows windows;
    private final Previews previews;
    private final Demand demand;
    private final StreamCounters counters;
    private final Publications publications;
    private final LoggedNotices notices;
    private final Backoff backoff = new Backoff(System::nanoTime);
    private final SpoiltPair spoilt = new SpoiltPair(System::nanoTime);
    private final Sinks.Empty<Void> stop = Sinks.empty();
    private volatile StreamState state = StreamState.STARTING;
    private volatile @Nullable String error;
    private volatile boolean closed;

    /**
     * @param guard opens sources that came by request
     * @param opener opens what makes the pictures
     * @param windows where fragments go
     * @param demand whether a source is to be read; ended by {@link #stop}
     * @param publications sources of a stream that is sent here; closed at the end
     */
    StreamRun(
            StreamConfig config,
            SourceGuard guard,
            Function<StreamConfig, Ladder> opener,
            StreamWindows windows,
            Previews previews,
            Demand demand,
            StreamCounters counters,
            Publications publications) {
        this.config = config;
        this.guard = guard;
        this.ladders = new Ladders(config, opener);
        this.windows = windows;
        this.previews = previews;
        this.demand = demand;
        this.counters = counters;
        this.publications = publications;
        this.notices = new LoggedNotices(config.name());
    }

    StreamState state() {
        return state;
    }

    /** What went wrong last; null when nothing did since fragments came. */
    @Nullable
    String error() {
        return error;
    }

    /** Name of the model in use; empty before the first. */
    String model() {
        return ladders.current();
    }

    /** Of the latest picture that stayed spoilt, while it runs; empty before. */
    Optional<Path> spoilt(PreviewKind kind) {
        return spoilt.file(kind);
    }

    /** Makes {@link #run} return. */
    void stop() {
        closed = true;
        demand.end();
        publications.close(null);
        stop.tryEmitEmpty();
    }

    /** Blocks until {@link #stop}, or until an ephemeral stream has served its purpose. */
    void run() {
        MDC.put(LoggedNotices.KEY, config.name());
        try (spoilt) {
            while (!closed) {
                try {
                    serve();
                    return;
                } catch (RuntimeException | Error e) {
                    error = FaultLine.logged(config.name(), e);
                    state = StreamState.FAILED;
                    publications.end(e);
                    if (isVain()) {
                        LOG.warn("{}: {}", config.name(), error);
                        return;
                    }
                    demand.pause(announcedPause());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.warn("{}: pictures that stayed spoilt cannot be removed: {}", config.name(), e.toString());
        } finally {
            state = StreamState.CLOSED;
            demand.end();
            // Nobody takes what is sent any more.
            publications.close(null);
        }
    }

    /** Opens what all sources need, and reads one after the other. */
    private void serve() throws InterruptedException {
        try (ladders;
                Decoders decoders = new Decoders(config.name(), config.limits().memoryBytes());
                Renditions output = new Renditions(
                        config,
                        windows::present,
                        this::publish,
                        this::publish,
                        counters::leftOut,
                        this::failed,
                        notices)) {
            if (config.isolated() && demand.exists()) {
                // It starts while the models are opened.
                decoders.prepare();
            }
            ladders.open();
            if (config.isPublished()) {
                published(decoders, output);
            } else {
                sessions(decoders, output);
            }
        }
    }

    private void sessions(Decoders decoders, Renditions output) throws InterruptedException {
        while (!closed) {
            if (!demand.exists()) {
                state = StreamState.IDLE;
                decoders.dismiss();
            }
            if (config.ephemeral() ? !demand.existsOrEnds() : !demand.await()) {
                return;
            }
            state = config.listen() ? StreamState.WAITING : StreamState.CONNECTING;
            long before = counters.out();
            try {
                session(decoders, output).run(guard, over());
                error = closed || !demand.exists() ? null : "the source has ended";
            } catch (RuntimeException | Error e) {
                String line = FaultLine.logged(config.name(), e);
                error = demand.exists() ? line : null;
            }
            if (error != null && isVain()) {
                LOG.warn("{}: {}", config.name(), error);
                return;
            }
            if (config.listen() && counters.out() > before) {
                LOG.info("{}: {}; listening again", config.name(), error);
            } else if (!closed && demand.exists()) {
                state = StreamState.WAITING;
                if (config.isolated()) {
                    decoders.prepare();
                }
                demand.pauseWhileWanted(announcedPause());
            }
        }
    }

    private void published(Decoders decoders, Renditions output) throws InterruptedException {
        state = StreamState.WAITING;
        for (Publication next = sender(); next != null; next = sender()) {
            state = StreamState.CONNECTING;
            Throwable failure = null;
            try {
                session(decoders, output).run(next, over());
            } catch (RuntimeException | Error e) {
                failure = e;
                error = FaultLine.logged(config.name(), e);
                LOG.warn("{}: {}", config.name(), error);
            }
            state = StreamState.WAITING;
            if (isVain()) {
                demand.end();
                publications.close(failure);
                return;
            }
            publications.end(failure);
        }
        demand.end();
    }

    private @Nullable Publication sender() throws InterruptedException {
        return publications.take(config.ephemeral() ? demand.linger() : FOREVER);
    }

    /** Whether it is ephemeral and has shown nothing yet: trying again is for whoever asks again. */
    private boolean isVain() {
        return config.ephemeral() && counters.out() == 0;
    }

    /** Completes when it is told to stop, or nobody wants the source any more. */
    private Mono<Void> over() {
        return Mono.firstWithSignal(stop.asMono(), demand.gone());
    }

    private LiveSession session(Decoders decoders, Renditions output) {
        return new LiveSession(config, decoders, output, ladders, previews, counters, spoilt, notices);
    }

    /** The next pause, which the log tells. */
    private Duration announcedPause() {
        Duration pause = backoff.pause();
        LOG.warn("{}: {}; trying again in {} s", config.name(), error, pause.toMillis() / 1000.0);
        return pause;
    }

    private void publish(Fragment fragment) {
        state = StreamState.LIVE;
        error = null;
        windows.main().add(fragment);
        backoff.working();
        counters.made(fragment);
        counters.shown(fragment);
    }

    private void publish(String rendition, Fragment fragment) {
        counters.made(fragment);
        windows.add(rendition, fragment);
    }

    private void failed(String rendition, String line) {
        counters.failed(rendition);
        windows.failed(rendition, line);
    }
}
