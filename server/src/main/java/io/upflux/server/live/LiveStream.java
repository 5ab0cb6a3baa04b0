package io.upflux.server.live;

import io.upflux.codecs.Fragment;
import io.upflux.codecs.FragmentHeader;
import io.upflux.codecs.LiveOutput;
import io.upflux.pipeline.StreamException;
import io.upflux.server.config.StreamConfig;
import io.upflux.server.preview.Preview;
import io.upflux.server.preview.PreviewWish;
import io.upflux.server.preview.Previews;
import io.upflux.server.source.SourceGuard;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * One live stream: its source read again and again, one session after the other, into a window of fragments. Runs on a
 * thread of its own from {@link #start} to {@link #close}.
 */
public final class LiveStream implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LiveStream.class);

    private static final long STOP_SECONDS = 20;

    private volatile StreamConfig config;
    private final SourceGuard guard;
    private final Supplier<Ladder> ladders;
    private final LoggedNotices notices;
    private final FragmentWindow window;
    private final Previews previews;
    private final Demand demand;
    private final StreamCounters counters = new StreamCounters();
    private final Publications publications = new Publications();
    private final Sinks.Empty<Void> stop = Sinks.empty();
    private final Thread worker;
    private volatile StreamState state = StreamState.STARTING;
    private volatile @Nullable String error;
    private volatile String model = "";
    private volatile boolean closed;

    /**
     * @param guard opens sources that came by request
     * @param ladders opens what makes the stream's pictures, once
     * @param window where its fragments go; closed with this
     */
    LiveStream(StreamConfig config, SourceGuard guard, Supplier<Ladder> ladders, FragmentWindow window) {
        this.config = config;
        this.guard = guard;
        this.ladders = ladders;
        this.notices = new LoggedNotices(config.name());
        this.window = window;
        this.previews = new Previews(config.name());
        this.demand = new Demand(!config.onDemand(), config.closeAfter(), this::followers, System::nanoTime);
        this.worker = new Thread(this::run, "upflux-live-" + config.name());
        worker.setDaemon(true);
    }

    public String name() {
        return config.name();
    }

    public StreamConfig config() {
        return config;
    }

    public FragmentWindow window() {
        return window;
    }

    public StreamCounters counters() {
        return counters;
    }

    /** The longest part that is asked for. */
    public Duration partTarget() {
        return config.live().part();
    }

    /** The longest segment that is asked for. */
    public Duration segmentTarget() {
        return config.live().segment();
    }

    /** Somebody watches: a stream on demand starts, or goes on. */
    public void touch() {
        demand.touch();
    }

    /** The next frame as pictures; empty when no more will come. */
    public Mono<Preview> preview(PreviewWish wish) {
        return previews.next(wish).doOnSubscribe(subscription -> touch());
    }

    /** Whether it is sent to the server, instead of being fetched. */
    public boolean isPublished() {
        return config.isPublished();
    }

    /** Somebody begins to send it; empty when somebody does already. */
    public Optional<Publication> publish() {
        return publications.begin();
    }

    public StreamStatus status() {
        WindowView view = window.view();
        FragmentHeader header = view.isEmpty() ? null : view.last().header();
        return new StreamStatus(
                name(),
                config.source(),
                state,
                error,
                model,
                counters.rungs().map(RungCounters::now).orElse(null),
                header,
                window.viewers(),
                counters.in(),
                counters.out(),
                counters.dropped());
    }

    /** Goes on by other settings, which {@link StreamConfig#runsAs} allows. */
    void adjust(StreamConfig other) {
        config = other;
        demand.adjust(!other.onDemand(), other.closeAfter());
    }

    void start() {
        worker.start();
    }

    /** Asks it to stop, waits until it has, and tells everybody that nothing more comes. */
    @Override
    public void close() {
        stop();
        window.close();
    }

    /** Asks it to stop and waits until it has. */
    void stop() {
        closed = true;
        demand.end();
        publications.close();
        stop.tryEmitEmpty();
        try {
            worker.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (worker.isAlive()) {
            LOG.error("{}: does not stop", name());
        }
        previews.close();
    }

    private int followers() {
        return window.viewers() + previews.waiting();
    }

    private void run() {
        MDC.put(LoggedNotices.KEY, name());
        try (Ladder ladder = ladders.get();
                LiveOutput output = LiveOutput.create(name(), config.live(), this::publish, notices)) {
            model = ladder.best().traits().name();
            counters.climb(ladder.steps());
            if (isPublished()) {
                published(output, ladder);
            } else {
                sessions(output, ladder);
            }
            state = StreamState.CLOSED;
        } catch (InterruptedException e) {
            state = StreamState.CLOSED;
        } catch (RuntimeException e) {
            state = StreamState.FAILED;
            error = line(e);
            LOG.error("{}: {}", name(), error, e);
        }
    }

    private void sessions(LiveOutput output, Ladder ladder) throws InterruptedException {
        Backoff backoff = new Backoff();
        while (!closed) {
            state = StreamState.IDLE;
            demand.await();
            if (closed) {
                return;
            }
            state = StreamState.CONNECTING;
            long before = counters.out();
            try {
                new LiveSession(config, output, ladder, previews, counters, notices).run(guard, stop.asMono(), demand);
                error = closed || !demand.exists() ? null : "the source has ended";
            } catch (RuntimeException e) {
                error = line(e);
                LOG.debug("{} failed", name(), e);
            }
            if (counters.out() > before) {
                backoff.reset();
            }
            if (!closed && demand.exists()) {
                state = StreamState.WAITING;
                Duration pause = backoff.pause();
                LOG.warn("{}: {}; trying again in {} s", name(), error, pause.toSeconds());
                demand.pause(pause);
            }
        }
    }

    private void published(LiveOutput output, Ladder ladder) throws InterruptedException {
        state = StreamState.WAITING;
        for (Publication next = publications.take(); next != null; next = publications.take()) {
            state = StreamState.CONNECTING;
            RuntimeException failure = null;
            try {
                new LiveSession(config, output, ladder, previews, counters, notices).run(next, stop.asMono(), demand);
            } catch (RuntimeException e) {
                failure = e;
                error = line(e);
                LOG.warn("{}: {}", name(), error);
            }
            state = StreamState.WAITING;
            publications.end(failure);
        }
    }

    private void publish(Fragment fragment) {
        state = StreamState.LIVE;
        error = null;
        window.add(fragment);
        counters.fragment(fragment);
    }

    private static String line(RuntimeException failure) {
        String message = failure instanceof StreamException ? failure.getMessage() : failure.toString();
        return String.valueOf(message).lines().findFirst().orElse("failed");
    }
}
