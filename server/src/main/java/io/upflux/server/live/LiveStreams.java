package io.upflux.server.live;

import io.micrometer.core.instrument.MeterRegistry;
import io.upflux.server.config.ServerConfig;
import io.upflux.server.config.StreamConfig;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** All streams of a server, by their names. */
public final class LiveStreams implements AutoCloseable {
    private final Map<String, LiveStream> streams = new LinkedHashMap<>();

    /** @param ladders opens what makes a stream's pictures */
    public LiveStreams(ServerConfig config, Function<StreamConfig, Ladder> ladders) {
        for (StreamConfig stream : config.streams()) {
            streams.put(stream.name(), new LiveStream(stream, () -> ladders.apply(stream), config.segments()));
        }
    }

    /** Shows monitoring all streams. */
    public void bindTo(MeterRegistry registry) {
        streams.values().forEach(stream -> StreamMeters.bind(stream, registry));
    }

    public Optional<LiveStream> find(String name) {
        return Optional.ofNullable(streams.get(name));
    }

    /** In the order of the configuration. */
    public Collection<LiveStream> all() {
        return streams.values();
    }

    /** Whether every stream can serve: its model is warm. */
    public boolean ready() {
        return streams.values().stream()
                .map(stream -> stream.status().state())
                .noneMatch(state -> state == StreamState.STARTING || state == StreamState.FAILED);
    }

    public void start() {
        streams.values().forEach(LiveStream::start);
    }

    @Override
    public void close() {
        streams.values().parallelStream().forEach(LiveStream::close);
    }
}
