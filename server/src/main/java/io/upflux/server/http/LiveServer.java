package io.upflux.server.http;

import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.upflux.models.ModelCard;
import io.upflux.pipeline.StreamException;
import io.upflux.server.config.ServerConfig;
import io.upflux.server.job.Jobs;
import io.upflux.server.live.LiveStreams;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.netty.ChannelBindException;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;

/** The server while it listens. */
public final class LiveServer implements AutoCloseable {
    /** A viewer's connection takes this much before fragments wait for it in their queue. */
    private static final WriteBufferWaterMark WATER = new WriteBufferWaterMark(256 << 10, 1 << 20);

    private static final Duration IDLE = Duration.ofSeconds(60);
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    private static final int LONGEST_LINE = 8 << 10;
    private static final int LONGEST_HEAD = 32 << 10;

    private final DisposableServer server;
    private final Router router;
    private final List<Consumer<ServerConfig>> changing;
    private final ReloadRoute reload;
    private final JvmGcMetrics collections;
    private final PrometheusMeterRegistry meters;
    private final @Nullable Certificate certificate;

    private LiveServer(
            DisposableServer server,
            Router router,
            List<Consumer<ServerConfig>> changing,
            ReloadRoute reload,
            JvmGcMetrics collections,
            PrometheusMeterRegistry meters,
            @Nullable Certificate certificate) {
        this.server = server;
        this.router = router;
        this.changing = changing;
        this.reload = reload;
        this.collections = collections;
        this.meters = meters;
        this.certificate = certificate;
    }

    /**
     * Begins to listen.
     *
     * @param streams not closed by this
     * @param jobs not closed by this; null for none
     * @param models all that there are
     * @throws StreamException when the address cannot be had, or the certificate cannot be read
     */
    public static LiveServer start(
            ServerConfig config, LiveStreams streams, @Nullable Jobs jobs, List<ModelCard> models) {
        Certificate certificate = config.tls() == null ? null : new Certificate(config.tls());
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        JvmGcMetrics collections = new JvmGcMetrics();
        collections.bindTo(meters);
        new JvmMemoryMetrics().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        NativeMemoryMetrics.bindTo(meters);
        streams.bindTo(meters);
        if (jobs != null) {
            jobs.bindTo(meters);
        }
        Streams named = new Streams(streams);
        Links links = new Links(config.linkSecret(), Clock.systemUTC());
        Access access = new Access(config, links);
        Router router = new Router(access);
        new HlsRoutes(named, access).addTo(router);
        new StreamingRoutes(named, config.viewerBytes()).addTo(router);
        new MseSocket(named, config.viewerBytes()).addTo(router);
        new PreviewSocket(named).addTo(router);
        new IngestRoutes(named).addTo(router);
        StreamRoutes requests = new StreamRoutes(named, config.requests());
        requests.addTo(router);
        new ApiRoutes(named, models, meters).addTo(router);
        new JobRoutes(jobs).addTo(router);
        new LinkRoutes(named, links).addTo(router);
        ReloadRoute reload = new ReloadRoute();
        reload.addTo(router);
        new PageRoutes().addTo(router);
        UnreadableHeads heads = new UnreadableHeads(LONGEST_LINE, LONGEST_HEAD);
        try {
            DisposableServer server = secured(HttpServer.create(), certificate)
                    .host(config.host())
                    .port(config.port())
                    .idleTimeout(IDLE)
                    // Those that closing waits for.
                    .channelGroup(new DefaultChannelGroup(GlobalEventExecutor.INSTANCE))
                    .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER)
                    .childOption(ChannelOption.TCP_NODELAY, true)
                    .httpRequestDecoder(
                            limits -> limits.maxInitialLineLength(LONGEST_LINE).maxHeaderSize(LONGEST_HEAD))
                    .doOnChannelInit((observer, channel, remote) -> heads.join(channel))
                    .handle(router)
                    .bindNow();
            return new LiveServer(
                    server,
                    router,
                    List.of(access::become, requests::become),
                    reload,
                    collections,
                    meters,
                    certificate);
        } catch (ChannelBindException e) {
            collections.close();
            if (certificate != null) {
                certificate.close();
            }
            throw new StreamException(
                    "cannot listen on " + config.host() + ":" + config.port() + ": " + e.getMessage()
                            + "; set address to another one",
                    e);
        }
    }

    private static HttpServer secured(HttpServer server, @Nullable Certificate certificate) {
        return certificate == null
                ? server
                : server.secure(ssl -> ssl.sslContext(certificate)).protocol(HttpProtocol.H2, HttpProtocol.HTTP11);
    }

    /**
     * From now on, people may do what this configuration says. Streams, and where it listens, stay as they are.
     *
     * @throws StreamException when it says nothing of those who can reach this server; nothing has changed then
     */
    public void allow(ServerConfig config) {
        changing.forEach(part -> part.accept(config));
    }

    /**
     * From now on, admins can have the configuration read again.
     *
     * @param action takes it in, and fails with a {@link StreamException} when it is wrong; may wait
     */
    public void reloadBy(Runnable action) {
        reload.does(action);
    }

    /** What it answers, as {@code GET /live/{s}.ts}. */
    List<String> routes() {
        return router.routes();
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
        if (certificate != null) {
            certificate.close();
        }
    }
}
