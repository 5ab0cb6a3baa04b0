package io.upflux.server.cli;

import io.upflux.pipeline.StreamException;
import io.upflux.server.config.FileWatch;
import io.upflux.server.config.ServerConfig;
import io.upflux.server.config.StreamConfig;
import io.upflux.server.http.LiveServer;
import io.upflux.server.job.Jobs;
import io.upflux.server.live.LiveStreams;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Takes in what changes in the configuration while the server runs: when its file changes, when an admin asks for it, and at
 * SIGHUP where there is such a signal. Streams that are the same go on, others start again. A file that is wrong changes nothing.
 */
final class Reload implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

    private final Supplier<ServerConfig> reading;
    private final LiveStreams streams;
    private final @Nullable Jobs jobs;
    private final LiveServer server;
    private final FileWatch watch;
    private final @Nullable Signal signal;
    private final @Nullable SignalHandler before;
    private final ServerConfig started;
    private ServerConfig current;

    /**
     * @param file that is watched
     * @param reading reads it
     * @param started what the server has started with
     * @param jobs null for none
     */
    Reload(
            Path file,
            Supplier<ServerConfig> reading,
            ServerConfig started,
            LiveStreams streams,
            @Nullable Jobs jobs,
            LiveServer server) {
        this.reading = reading;
        this.started = started;
        this.current = started;
        this.streams = streams;
        this.jobs = jobs;
        this.server = server;
        this.watch = new FileWatch(List.of(file), this::run);
        Signal hangUp = null;
        SignalHandler handler = null;
        try {
            hangUp = new Signal("HUP");
            handler = Signal.handle(hangUp, raised -> run());
        } catch (IllegalArgumentException e) {
            LOG.debug("no SIGHUP here", e);
        }
        this.signal = hangUp;
        this.before = handler;
        server.reloadBy(this::take);
    }

    /** Reads the configuration and makes it so; what is wrong with it is logged. */
    void run() {
        try {
            take();
        } catch (StreamException e) {
            LOG.error("{}; the configuration from before stays", e.getMessage());
        }
    }

    /** @throws StreamException when it is wrong; nothing has changed then */
    private synchronized void take() {
        ServerConfig read = reading.get();
        streams.check(read);
        server.allow(read);
        warnOfWhatStays(read);
        Logging.serving(read.log());
        streams.allow(read.allowedSources());
        if (jobs != null) {
            jobs.allow(read.allowedSources());
        }
        become(byName(current), byName(read));
        streams.makeOthers(read.others());
        current = read;
        LOG.info("the configuration was read again");
    }

    @Override
    public void close() {
        watch.close();
        if (signal != null && before != null) {
            Signal.handle(signal, before);
        }
    }

    private void become(Map<String, StreamConfig> old, Map<String, StreamConfig> wanted) {
        old.keySet().stream().filter(name -> !wanted.containsKey(name)).forEach(name -> {
            LOG.info("{}: is no longer in the configuration", name);
            streams.remove(name);
        });
        wanted.forEach((name, stream) -> {
            if (!old.containsKey(name)) {
                LOG.info("{}: is new in the configuration", name);
                if (!streams.add(stream)) {
                    LOG.error("{}: a stream of this name was made by request; delete it first", name);
                }
            } else if (!stream.equals(old.get(name))) {
                LOG.info("{}: has changed in the configuration and starts again", name);
                if (!streams.change(stream)) {
                    streams.add(stream);
                }
            }
        });
    }

    private void warnOfWhatStays(ServerConfig read) {
        Map<String, Boolean> stays = new LinkedHashMap<>();
        stays.put("address", read.host().equals(started.host()) && read.port() == started.port());
        stays.put("segments", read.segments() == started.segments());
        stays.put("viewerBuffer", read.viewerBytes() == started.viewerBytes());
        stays.put("jobs", Objects.equals(read.jobs(), started.jobs()));
        stays.put("webhooks", Objects.equals(read.webhooks(), started.webhooks()));
        stays.put("tls", Objects.equals(read.tls(), started.tls()));
        stays.forEach((key, same) -> {
            if (!same) {
                LOG.warn("{}: has changed, which takes a restart", key);
            }
        });
    }

    private static Map<String, StreamConfig> byName(ServerConfig config) {
        Map<String, StreamConfig> streams = new LinkedHashMap<>();
        config.streams().forEach(stream -> streams.put(stream.name(), stream));
        return streams;
    }
}
