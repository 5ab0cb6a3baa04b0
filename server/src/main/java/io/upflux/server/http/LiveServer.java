package io.upflux.server.http;

import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.upflux.pipeline.StreamException;
import io.upflux.server.config.ServerConfig;
import io.upflux.server.live.LiveStreams;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import reactor.netty.ChannelBindException;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** The server while it listens. */
public final class LiveServer implements AutoCloseable {
    /** A viewer's connection takes this much before fragments wait for it in their queue. */
    private static final WriteBufferWaterMark WATER = new WriteBufferWaterMark(256 << 10, 1 << 20);

    private static final Duration IDLE = Duration.ofSeconds(60);
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    private final DisposableServer server;
    private final JvmGcMetrics collections;
    private final PrometheusMeterRegistry meters;

    private LiveServer(DisposableServer server, JvmGcMetrics collections, PrometheusMeterRegistry meters) {
        this.server = server;
        this.collections = collections;
        this.meters = meters;
    }

    /**
     * Begins to listen.
     *
     * @param streams not closed by this
     * @param models a description of each model there is
     * @throws StreamException when the address cannot be had
     */
    public static LiveServer start(ServerConfig config, LiveStreams streams, List<Map<String, Object>> models) {
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        JvmGcMetrics collections = new JvmGcMetrics();
        collections.bindTo(meters);
        new JvmMemoryMetrics().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        streams.bindTo(meters);
        Streams named = new Streams(streams);
        Router router = new Router(new Access(config));
        new HlsRoutes(named).addTo(router);
        new StreamingRoutes(named, config.viewerBytes()).addTo(router);
        new MseSocket(named, config.viewerBytes()).addTo(router);
        new PreviewSocket(named).addTo(router);
        new IngestRoutes(named).addTo(router);
        new StreamRoutes(streams, config.requests()).addTo(router);
        new ApiRoutes(named, models, meters).addTo(router);
        new PageRoutes().addTo(router);
        try {
            DisposableServer server = HttpServer.create()
                    .host(config.host())
                    .port(config.port())
                    .idleTimeout(IDLE)
                    .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER)
                    .childOption(ChannelOption.TCP_NODELAY, true)
                    .handle(router)
                    .bindNow();
            return new LiveServer(server, collections, meters);
        } catch (ChannelBindException e) {
            collections.close();
            throw new StreamException(
                    "cannot listen on " + config.host() + ":" + config.port() + ": " + e.getMessage()
                            + "; set address to another one",
                    e);
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.address();
    }

    /** Stops listening and waits a moment for answers that are on their way; streams should have ended before. */
    @Override
    public void close() {
        server.disposeNow(LAST_WORDS);
        collections.close();
        meters.close();
    }
}
