package io.upflux.server.live;

import io.micrometer.core.instrument.MeterRegistry;
import io.upflux.models.sharing.OpenModels;
import io.upflux.pipeline.StreamException;
import io.upflux.server.config.ServerConfig;
import io.upflux.server.config.StreamConfig;
import io.upflux.server.config.StreamTemplate;
import io.upflux.server.source.AllowedSources;
import io.upflux.server.source.SourceGuard;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All streams of a server, by their names: those that are listed, in the configuration or by request, and others that a template
 * makes for who asks. Any thread may look and ask; those who change something take turns, and wait until a stream that goes has
 * stopped.
 */
public final class LiveStreams implements AutoCloseable {
    private final Function<StreamConfig, Ladder> ladders;
    private final Consumer<StreamConfig> check;
    private final Consumer<MeterRegistry> sharing;
    private final int segments;
    private final SourceGuard guard;
    private final OtherStreams others = new OtherStreams(config -> measured(fresh(config)), this::isTaken);

    /** Replaced as a whole, so that nobody who looks waits for those who change something. */
    private volatile Map<String, LiveStream> streams = Map.of();

    /** No longer listed, but not gone yet. */
    private volatile @Nullable String going;

    private volatile @Nullable MeterRegistry registry;
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
        others.become(config.others());
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
        List<StreamConfig> all = new ArrayList<>(config.streams());
        if (config.others() != null) {
            all.add(config.others().stream());
        }
        for (StreamConfig stream : all) {
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
        all().forEach(stream -> stream.bindTo(to));
    }

    /** From now on, sources that come by request may be these; what is being read is read on. */
    public void allow(AllowedSources sources) {
        guard.allow(sources);
    }

    /** From now on, streams that are not listed are made so; those that cannot go on end first. @param template null to make none */
    public synchronized void makeOthers(@Nullable StreamTemplate template) {
        if (!closed) {
            others.become(template);
        }
    }

    /** The stream of that name; empty when there is none now, whether or not it were made for who asks. */
    public Optional<LiveStream> find(String name) {
        LiveStream listed = streams.get(name);
        return listed == null ? others.find(name) : Optional.of(listed);
    }

    /** Whether there is a stream of that name, or one may be made for who asks. */
    public boolean covers(String name) {
        return streams.containsKey(name) || others.covers(name);
    }

    /**
     * The stream that somebody wants to watch; made where that may be.
     *
     * @return empty when there is none
     * @throws StreamUnavailable when it cannot be made now
     */
    public Optional<LiveStream> watched(String name) {
        return wanted(name, false);
    }

    /** As {@link #watched}, for somebody who wants to send it. */
    public Optional<LiveStream> sent(String name) {
        return wanted(name, true);
    }

    private Optional<LiveStream> wanted(String name, boolean sent) {
        LiveStream listed = streams.get(name);
        if (listed == null) {
            return others.wanted(name, sent);
        }
        listed.touch();
        return Optional.of(listed);
    }

    /** Those that are listed in the order in which they came, and then all others. */
    public Collection<LiveStream> all() {
        List<LiveStream> all = new ArrayList<>(streams.values());
        all.addAll(others.all());
        return all;
    }

    /** Whether every stream that is listed can serve: its model is warm. */
    public boolean ready() {
        return streams.values().stream()
                .map(stream -> stream.status().state())
                .noneMatch(state -> state == StreamState.STARTING || state == StreamState.FAILED);
    }

    /** Lists a stream, in place of one of its name that was made for who asked; false when one is listed so. */
    public synchronized boolean add(StreamConfig config) {
        if (closed || streams.containsKey(config.name())) {
            return false;
        }
        run(fresh(config));
        return true;
    }

    /**
     * Gives a stream other settings. It goes on where it can, and else starts again: those who follow it over an open
     * connection are sent away, playlists go on behind a discontinuity.
     *
     * @return false when none is listed so
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
        run(new LiveStream(config, guard, ladders, name -> {
            FragmentWindow before = name.equals(StreamWindows.MAIN)
                    ? stream.window()
                    : stream.renditions().get(name);
            return before == null ? window() : new FragmentWindow(segments, before);
        }));
        return true;
    }

    /** Stops a stream and forgets it; false when there is none. */
    public synchronized boolean remove(String name) {
        LiveStream stream = streams.get(name);
        if (stream == null) {
            return others.remove(name);
        }
        going = name;
        Map<String, LiveStream> fewer = new LinkedHashMap<>(streams);
        fewer.remove(name);
        streams = Collections.unmodifiableMap(fewer);
        try {
            stream.close();
        } finally {
            going = null;
        }
        return true;
    }

    public synchronized void start() {
        started = true;
        streams.values().forEach(LiveStream::start);
    }

    @Override
    public synchronized void close() {
        closed = true;
        others.seal();
        AtOnce.each(all(), LiveStream::close);
        guard.close();
    }

    private void run(LiveStream stream) {
        Map<String, LiveStream> more = new LinkedHashMap<>(streams);
        more.put(stream.name(), stream);
        streams = Collections.unmodifiableMap(more);
        others.remove(stream.name());
        measured(stream);
        if (started) {
            stream.start();
        }
    }

    private LiveStream fresh(StreamConfig config) {
        return new LiveStream(config, guard, ladders, name -> window());
    }

    /** Milliseconds pass faster than anything is numbered, so its numbers are above those of all before it. */
    private FragmentWindow window() {
        return new FragmentWindow(segments, System.currentTimeMillis());
    }

    private LiveStream measured(LiveStream stream) {
        if (registry != null) {
            stream.bindTo(registry);
        }
        return stream;
    }

    private boolean isTaken(String name) {
        return streams.containsKey(name) || name.equals(going);
    }
}
