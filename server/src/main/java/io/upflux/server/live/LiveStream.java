package io.upflux.server.live;

import io.upflux.codecs.Fragment;
import io.upflux.pipeline.StreamException;
import io.upflux.server.config.StreamConfig;
import io.upflux.server.decode.Decoders;
import io.upflux.server.preview.Preview;
import io.upflux.server.preview.PreviewWish;
import io.upflux.server.preview.Previews;
import io.upflux.server.source.SourceGuard;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
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
    private final Ladders ladders;
    private final LoggedNotices notices;
    private final StreamWindows windows;
    private final Previews previews;
    private final Outputs outputs;
    private final Demand demand;
    private final StreamCounters counters = new StreamCounters();
    private final Publications publications = new Publications();
    private final Sinks.Empty<Void> stop = Sinks.empty();
    private final Thread worker;
    private volatile StreamState state = StreamState.STARTING;
    private volatile @Nullable String error;
    private volatile boolean closed;

    /**
     * @param guard opens sources that came by request
     * @param opener opens what makes the pictures of a stream
     * @param windows where fragments go, as {@link StreamWindows} asks for them; ended with this
     */
    LiveStream(
            StreamConfig config,
            SourceGuard guard,
            Function<StreamConfig, Ladder> opener,
            Function<String, FragmentWindow> windows) {
        this.config = config;
        this.guard = guard;
        this.ladders = new Ladders(config, opener);
        this.notices = new LoggedNotices(config.name());
        this.windows = new StreamWindows(config, windows);
        this.previews = new Previews(config.name());
        this.outputs = new Outputs(this.windows.main());
        this.demand = new Demand(config.always(), config.closeAfter(), this::followers, System::nanoTime);
        this.worker = new Thread(this::run, "upflux-live-" + config.name());
        worker.setDaemon(true);
    }

    public String name() {
        return config.name();
    }

    public StreamConfig config() {
        return config;
    }

    /** Of its own output. */
    public FragmentWindow window() {
        return windows.main();
    }

    /** Its further outputs by their names, also those that are not for its present source. */
    public Map<String, FragmentWindow> renditions() {
        return windows.renditions();
    }

    /** Names of the further outputs that there are of its present source. */
    public Set<String> present() {
        return windows.present();
    }

    /** How many follow it, in whichever rendition. */
    public int viewers() {
        return windows.viewers();
    }

    public StreamCounters counters() {
        return counters;
    }

    /** Somebody watches: a stream on demand starts, or goes on. */
    public void touch() {
        demand.touch();
    }

    /** Waits for something of it: a stream on demand goes on meanwhile, as while somebody watches. */
    public <T> Mono<T> awaited(Mono<T> something) {
        return Mono.using(demand::waiting, waiting -> something, Demand.Waiting::close);
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

    /** Where it is sent and recorded. */
    public List<OutputStatus> outputs() {
        return outputs.status();
    }

    public StreamStatus status() {
        return new StreamStatus(
                name(),
                state,
                error,
                ladders.current(),
                counters.rungs().map(RungCounters::now).orElse(null),
                windows.header(),
                viewers(),
                counters.in(),
                counters.out(),
                counters.dropped());
    }

    /** Goes on by other settings, which {@link StreamConfig#runsAs} allows. */
    void adjust(StreamConfig other) {
        config = other;
        demand.adjust(other.always(), other.closeAfter());
        outputs.adjust(other);
    }

    void start() {
        outputs.adjust(config);
        worker.start();
    }

    /** Asks it to stop, waits until it has, and tells everybody that nothing more comes. */
    @Override
    public void close() {
        stop(true);
    }

    /**
     * Asks it to stop and waits until it has.
     *
     * @param over false when another stream takes its place
     */
    void stop(boolean over) {
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
        windows.end(over);
        outputs.close();
    }

    private int followers() {
        return viewers() + previews.waiting();
    }

    private void run() {
        MDC.put(LoggedNotices.KEY, name());
        try (ladders;
                Decoders decoders = new Decoders(name(), config.limits().memoryBytes());
                Renditions output = new Renditions(
                        config, windows::present, this::publish, this::publish, counters::leftOut, notices)) {
            if (config.isolated() && config.always()) {
                // It starts while the models are opened.
                decoders.prepare();
            }
            ladders.open();
            if (isPublished()) {
                published(decoders, output);
            } else {
                sessions(decoders, output);
            }
            state = StreamState.CLOSED;
        } catch (InterruptedException e) {
            state = StreamState.CLOSED;
        } catch (RuntimeException e) {
            state = StreamState.FAILED;
            error = line(e);
            LOG.error("{}: {}", name(), error, e);
        } finally {
            // Nobody takes what is sent any more.
            publications.close();
        }
    }

    private void sessions(Decoders decoders, Renditions output) throws InterruptedException {
        Backoff backoff = new Backoff();
        while (!closed) {
            state = StreamState.IDLE;
            if (!demand.exists()) {
                decoders.dismiss();
            }
            demand.await();
            if (closed) {
                return;
            }
            state = config.listen() ? StreamState.WAITING : StreamState.CONNECTING;
            long before = counters.out();
            try {
                new LiveSession(config, decoders, output, ladders, previews, counters, notices)
                        .run(guard, stop.asMono(), demand);
                error = closed || !demand.exists() ? null : "the source has ended";
            } catch (RuntimeException e) {
                error = line(e);
                LOG.debug("{} failed", name(), e);
            }
            boolean came = counters.out() > before;
            if (came) {
                backoff.reset();
            }
            if (config.listen() && came) {
                LOG.info("{}: {}; listening again", name(), error);
            } else if (!closed && demand.exists()) {
                state = StreamState.WAITING;
                Duration pause = backoff.pause();
                LOG.warn("{}: {}; trying again in {} s", name(), error, pause.toMillis() / 1000.0);
                if (config.isolated()) {
                    decoders.prepare();
                }
                demand.pause(pause);
            }
        }
    }

    private void published(Decoders decoders, Renditions output) throws InterruptedException {
        state = StreamState.WAITING;
        for (Publication next = publications.take(); next != null; next = publications.take()) {
            state = StreamState.CONNECTING;
            RuntimeException failure = null;
            try {
                new LiveSession(config, decoders, output, ladders, previews, counters, notices)
                        .run(next, stop.asMono(), demand);
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
        windows.main().add(fragment);
        counters.made(fragment);
        counters.shown(fragment);
    }

    private void publish(String rendition, Fragment fragment) {
        counters.made(fragment);
        windows.add(rendition, fragment);
    }

    private static String line(RuntimeException failure) {
        String message = failure instanceof StreamException ? failure.getMessage() : failure.toString();
        return String.valueOf(message).lines().findFirst().orElse("failed");
    }
}
