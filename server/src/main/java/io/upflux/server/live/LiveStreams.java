package io.upflux.server.live;

import io.micrometer.core.instrument.MeterRegistry;
import io.upflux.models.sharing.OpenModels;
import io.upflux.pipeline.StreamException;
import io.upflux.server.config.ServerConfig;
import io.upflux.server.config.StreamConfig;
import io.upflux.server.source.AllowedSources;
import io.upflux.server.source.SourceGuard;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All streams of a server, by their names. Any thread may look; those who change something take turns, and wait until a stream
 * that goes has stopped.
 */
public final class LiveStreams implements AutoCloseable {
    private final Function<StreamConfig, Ladder> ladders;
    private final Consumer<StreamConfig> check;
    private final Consumer<MeterRegistry> sharing;
    private final int segments;
    private final Map<String, StreamMeters> meters = new HashMap<>();
    private final SourceGuard guard;

    /** Replaced as a whole, so that nobody who looks waits for those who change something. */
    private volatile Map<String, LiveStream> streams = Map.of();

    private @Nullable MeterRegistry registry;
    private boolean started;
    private boolean closed;

    /**
     * @param models that the streams share
     * @throws StreamException as {@link #check(ServerConfig)}
     */
    public LiveStreams(ServerConfig config, OpenModels models) {
        this(
                config,
                stream -> Ladder.open(models, stream),
                stream -> stream.check(models.catalogue()),
                registry -> SharingMeters.bind(models, registry));
    }

    /** @param ladders opens what makes the pictures of a stream */
    public LiveStreams(ServerConfig config, Function<StreamConfig, Ladder> ladders) {
        this(config, ladders, stream -> {}, registry -> {});
    }

    private LiveStreams(
            ServerConfig config,
            Function<StreamConfig, Ladder> ladders,
            Consumer<StreamConfig> check,
            Consumer<MeterRegistry> sharing) {
        this.ladders = ladders;
        this.check = check;
        this.sharing = sharing;
        this.segments = config.segments();
        check(config);
        this.guard = new SourceGuard(config.allowedSources());
        config.streams().forEach(this::add);
    }

    /**
     * Looks whether there are the models that a stream names, without opening them.
     *
     * @throws StreamException in one line that names the key, when one of them cannot be
     */
    public void check(StreamConfig stream) {
        check.accept(stream);
    }

    /** As {@link #check(StreamConfig)}, of all streams of a configuration. */
    public void check(ServerConfig config) {
        for (StreamConfig stream : config.streams()) {
            try {
                check(stream);
            } catch (StreamException e) {
                throw new StreamException("streams." + stream.name() + "." + e.getMessage(), e);
            }
        }
    }

    /** Shows monitoring all streams, also those that come later. */
    public synchronized void bindTo(MeterRegistry to) {
        registry = to;
        sharing.accept(to);
        streams.values().forEach(this::measure);
    }

    /** From now on, sources that come by request may be these; what is being read is read on. */
    public void allow(AllowedSources sources) {
        guard.allow(sources);
    }

    public Optional<LiveStream> find(String name) {
        return Optional.ofNullable(streams.get(name));
    }

    /** In the order in which they came. */
    public Collection<LiveStream> all() {
        return streams.values();
    }

    /** Whether every stream can serve: its model is warm. */
    public boolean ready() {
        return streams.values().stream()
                .map(stream -> stream.status().state())
                .noneMatch(state -> state == StreamState.STARTING || state == StreamState.FAILED);
    }

    /** Adds a stream; false when its name is taken. */
    public synchronized boolean add(StreamConfig config) {
        if (closed || streams.containsKey(config.name())) {
            return false;
        }
        run(new LiveStream(config, guard, ladders, name -> fresh()));
        return true;
    }

    /**
     * Gives a stream other settings. It goes on where it can, and else starts again: those who follow it over an open
     * connection are sent away, playlists go on behind a discontinuity.
     *
     * @return false when there is no such stream
     */
    public synchronized boolean change(StreamConfig config) {
        LiveStream stream = streams.get(config.name());
        if (closed || stream == null) {
            return false;
        }
        if (stream.config().runsAs(config)) {
            stream.adjust(config);
            return true;
        }
        stream.stop(false);
        forget(stream);
        run(new LiveStream(config, guard, ladders, name -> {
            FragmentWindow before = name.equals(StreamWindows.MAIN)
                    ? stream.window()
                    : stream.renditions().get(name);
            return before == null ? fresh() : new FragmentWindow(segments, before);
        }));
        return true;
    }

    /** Stops a stream and forgets it; false when there is none. */
    public synchronized boolean remove(String name) {
        LiveStream stream = streams.get(name);
        if (stream == null) {
            return false;
        }
        Map<String, LiveStream> fewer = new LinkedHashMap<>(streams);
        fewer.remove(name);
        streams = Collections.unmodifiableMap(fewer);
        stream.close();
        forget(stream);
        return true;
    }

    public synchronized void start() {
        started = true;
        streams.values().forEach(LiveStream::start);
    }

    @Override
    public synchronized void close() {
        closed = true;
        streams.values().parallelStream().forEach(LiveStream::close);
        guard.close();
    }

    private void run(LiveStream stream) {
        Map<String, LiveStream> more = new LinkedHashMap<>(streams);
        more.put(stream.name(), stream);
        streams = Collections.unmodifiableMap(more);
        measure(stream);
        if (started) {
            stream.start();
        }
    }

    /** Milliseconds pass faster than anything is numbered, so its numbers are above those of all before it. */
    private FragmentWindow fresh() {
        return new FragmentWindow(segments, System.currentTimeMillis());
    }

    private void measure(LiveStream stream) {
        if (registry != null) {
            meters.put(stream.name(), new StreamMeters(stream, registry));
        }
    }

    private void forget(LiveStream stream) {
        StreamMeters known = meters.remove(stream.name());
        if (known != null) {
            known.close();
        }
    }
}
