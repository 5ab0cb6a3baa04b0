package io.upflux.server.live;

import io.upflux.server.config.StreamConfig;
import io.upflux.server.config.StreamTemplate;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Schedulers;

/**
 * Streams that nobody has listed: a template makes each for the first who sends or watches it, and it goes by itself when nobody does
 * any more. One that goes keeps its name and its place until all of it has gone. Thread-safe; whoever asks for one waits for nothing.
 */
final class OtherStreams {
    private static final Logger LOG = LoggerFactory.getLogger(LiveStream.class);

    private final Function<StreamConfig, LiveStream> maker;
    private final Predicate<String> taken;

    /** Replaced as a whole, so that nobody who looks waits. */
    private volatile Map<String, LiveStream> streams = Map.of();

    private volatile @Nullable StreamTemplate template;

    /**
     * @param maker of streams, which monitoring sees and which are not started
     * @param taken whether a name is somebody else's
     */
    OtherStreams(Function<StreamConfig, LiveStream> maker, Predicate<String> taken) {
        this.maker = maker;
        this.taken = taken;
    }

    Optional<LiveStream> find(String name) {
        return Optional.ofNullable(streams.get(name));
    }

    /** In the order in which they came. */
    Collection<LiveStream> all() {
        return streams.values();
    }

    /** Whether somebody who asks may get a stream of that name. */
    boolean covers(String name) {
        StreamTemplate present = template;
        return present != null && present.covers(name);
    }

    /**
     * The stream that somebody wants, made if need be.
     *
     * @param sent whether to send it, else to watch it
     * @return empty when there is none, and none is made for that
     * @throws StreamUnavailable when it is just going, or there are as many as there may be
     */
    Optional<LiveStream> wanted(String name, boolean sent) {
        LiveStream stream = streams.get(name);
        return Optional.ofNullable(stream == null ? made(name, sent) : touched(stream));
    }

    private static LiveStream touched(LiveStream stream) {
        if (!stream.touch()) {
            throw new StreamUnavailable("stream " + stream.name() + " is just ending");
        }
        return stream;
    }

    private synchronized @Nullable LiveStream made(String name, boolean sent) {
        StreamTemplate by = template;
        LiveStream there = streams.get(name);
        if (there != null) {
            return touched(there);
        }
        if (by == null || by.isPublished() != sent || !by.covers(name) || taken.test(name)) {
            return null;
        }
        if (streams.size() >= by.most()) {
            throw new StreamUnavailable("there are " + streams.size()
                    + " streams that are not listed, and may be no more (maxStreams of all_others)");
        }
        LOG.info("{}: begins, since somebody {} it", name, sent ? "sends" : "watches");
        LiveStream stream = maker.apply(by.of(name));
        Map<String, LiveStream> more = new LinkedHashMap<>(streams);
        more.put(name, stream);
        streams = Collections.unmodifiableMap(more);
        stream.touch();
        stream.ended().publishOn(Schedulers.boundedElastic()).subscribe(null, null, () -> end(stream, true));
        stream.start();
        return stream;
    }

    /**
     * From now on they are made so. Those that there are go on where they can, else they end, and whoever asks again gets a new one.
     * Waits until they have.
     *
     * @param next null to make none
     */
    void become(@Nullable StreamTemplate next) {
        List<LiveStream> there;
        synchronized (this) {
            if (Objects.equals(template, next)) {
                return;
            }
            template = next;
            there = List.copyOf(streams.values());
        }
        AtOnce.each(there, stream -> {
            StreamConfig config = next == null ? null : next.of(stream.name());
            if (config != null && stream.config().runsAs(config)) {
                stream.adjust(config);
            } else {
                end(stream, config == null);
            }
        });
    }

    /** Makes no more. */
    synchronized void seal() {
        template = null;
    }

    /** Stops one and forgets it; false when there is none. */
    boolean remove(String name) {
        LiveStream stream;
        synchronized (this) {
            // Whoever makes one just now has looked whether the name is taken.
            stream = streams.get(name);
        }
        if (stream != null) {
            end(stream, true);
        }
        return stream != null;
    }

    /** @param over false when those who follow it shall ask again */
    private void end(LiveStream stream, boolean over) {
        stream.stop(over);
        synchronized (this) {
            Map<String, LiveStream> fewer = new LinkedHashMap<>(streams);
            if (fewer.remove(stream.name(), stream)) {
                streams = Collections.unmodifiableMap(fewer);
                LOG.info("{}: has ended", stream.name());
            }
        }
    }
}
