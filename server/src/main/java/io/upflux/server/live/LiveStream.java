package io.upflux.server.live;

import io.micrometer.core.instrument.MeterRegistry;
import io.upflux.server.config.StreamConfig;
import io.upflux.server.preview.Preview;
import io.upflux.server.preview.PreviewKind;
import io.upflux.server.preview.PreviewWish;
import io.upflux.server.preview.Previews;
import io.upflux.server.source.SourceGuard;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * One live stream: what its sources become, in windows of fragments, and all that others may know of it. Runs on a thread of its
 * own from {@link #start} to {@link #close}.
 */
public final class LiveStream implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LiveStream.class);

    private static final long STOP_SECONDS = 20;

    private volatile StreamConfig config;
    private final StreamWindows windows;
    private final Previews previews;
    private final Outputs outputs;
    private final Demand demand;
    private final StreamCounters counters = new StreamCounters();
    private final Publications publications = new Publications();
    private final StreamRun run;
    private final Sinks.Empty<Void> ended = Sinks.empty();
    private final Thread worker;
    private @Nullable StreamMeters meters;
    private boolean stopped;

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
        this.windows = new StreamWindows(config, windows);
        this.previews = new Previews(config.name());
        this.outputs = new Outputs(this.windows.main());
        this.demand = new Demand(config.always(), config.closeAfter(), this::followers, System::nanoTime);
        this.run = new StreamRun(config, guard, opener, this.windows, previews, demand, counters, publications);
        this.worker = new Thread(this::work, "upflux-live-" + config.name());
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

    /** Names of the further outputs that there are of its present source, without those that have failed. */
    public Set<String> present() {
        return windows.present();
    }

    /** What went wrong last with one of its further outputs; empty when nothing did since its last fragment. */
    public Optional<String> failure(String rendition) {
        return Optional.ofNullable(windows.failure(rendition));
    }

    /** How many follow it, in whichever rendition. */
    public int viewers() {
        return windows.viewers();
    }

    public StreamCounters counters() {
        return counters;
    }

    /** Somebody watches: a stream on demand starts, or goes on. @return false when it has ended */
    public boolean touch() {
        return demand.touch();
    }

    /** Waits for something of it: a stream on demand goes on meanwhile, as while somebody watches. */
    public <T> Mono<T> awaited(Mono<T> something) {
        return Mono.using(demand::waiting, waiting -> something, Demand.Waiting::close);
    }

    /** The next frame as pictures; empty when no more will come. */
    public Mono<Preview> preview(PreviewWish wish) {
        return previews.next(wish).doOnSubscribe(subscription -> touch());
    }

    /** Where the latest picture that stayed spoilt lies, or its source, as PNG; empty where none has since it was started. */
    public Optional<Path> spoilt(PreviewKind kind) {
        return run.spoilt(kind);
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
                run.state(),
                run.error(),
                run.model(),
                counters.rungs().map(RungCounters::now).orElse(null),
                windows.header(),
                viewers(),
                counters.in(),
                counters.out(),
                counters.dropped());
    }

    /** Shows monitoring this stream, until it has stopped. */
    synchronized void bindTo(MeterRegistry registry) {
        meters = new StreamMeters(this, registry);
    }

    /** Completes when nothing more will come of it, asked to stop or by itself; it is still to be closed. */
    Mono<Void> ended() {
        return ended.asMono();
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
     * Asks it to stop and waits until it has; once it has, this does nothing.
     *
     * @param over false when another stream takes its place
     */
    synchronized void stop(boolean over) {
        if (stopped) {
            return;
        }
        stopped = true;
        run.stop();
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
        if (meters != null) {
            meters.close();
        }
    }

    private void work() {
        try {
            run.run();
        } finally {
            ended.tryEmitEmpty();
        }
    }

    private int followers() {
        return viewers() + previews.waiting();
    }
}
