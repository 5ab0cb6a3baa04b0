package io.upflux.server.http;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.upflux.codecs.FragmentHeader;
import io.upflux.models.ModelCard;
import io.upflux.server.live.LiveStream;
import io.upflux.server.live.OutputStatus;
import io.upflux.server.live.RecentFrames;
import io.upflux.server.live.RungStatus;
import io.upflux.server.live.StreamState;
import io.upflux.server.live.StreamStatus;
import io.upflux.server.live.WindowView;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/** What programs ask the server about itself. */
final class ApiRoutes {
    private final Streams streams;
    private final List<ModelCard> models;
    private final PrometheusMeterRegistry meters;

    /** @param models all that there are */
    ApiRoutes(Streams streams, List<ModelCard> models, PrometheusMeterRegistry meters) {
        this.streams = streams;
        this.models = models;
        this.meters = meters;
    }

    void addTo(Router router) {
        router.get(
                        "/api/v1/streams",
                        exchange -> exchange.json(Map.of(
                                "streams",
                                streams.all().all().stream()
                                        .map(ApiRoutes::tree)
                                        .toList())))
                .get("/api/v1/streams/{s}", this::stream)
                .get("/api/v1/models", exchange -> exchange.json(ModelView.of(models)))
                .get("/metrics", exchange -> exchange.text("text/plain; version=0.0.4; charset=utf-8", meters.scrape()))
                .open("/healthz/live", exchange -> exchange.json(Map.of("status", "live")))
                .open("/healthz/ready", this::ready);
    }

    private Mono<Void> stream(Exchange exchange) {
        return exchange.json(tree(streams.known(exchange.part("s"))));
    }

    private Mono<Void> ready(Exchange exchange) {
        if (streams.all().ready()) {
            return exchange.json(Map.of("status", "ready"));
        }
        String waiting = streams.all().all().stream()
                .map(LiveStream::status)
                .filter(status -> status.state() == StreamState.STARTING || status.state() == StreamState.FAILED)
                .map(status -> status.name() + " is " + lower(status.state()))
                .collect(Collectors.joining(", "));
        throw Problem.unavailable(waiting);
    }

    static Map<String, Object> tree(LiveStream stream) {
        StreamStatus status = stream.status();
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", status.name());
        tree.put("state", lower(status.state()));
        if (stream.config().ephemeral()) {
            tree.put("ephemeral", true);
        }
        if (status.error() != null) {
            tree.put("error", status.error());
        }
        tree.put("model", status.model());
        if (status.rung() != null) {
            tree.put("rung", tree(status.rung()));
        }
        FragmentHeader header = status.header();
        if (header != null) {
            tree.put("codecs", header.codecs());
            tree.put("width", header.width());
            tree.put("height", header.height());
            tree.put("frameRate", header.frameRate());
        }
        tree.put("viewers", status.viewers());
        tree.put("framesIn", status.framesIn());
        tree.put("framesOut", status.framesOut());
        tree.put("framesDropped", status.framesDropped());
        if (status.framesOut() > 0) {
            RecentFrames recent = stream.counters().recent();
            tree.put("latencyMillis", millis(recent.latencyNanos()));
            tree.put("windows", windows(recent.unchanged(), recent.updated(), recent.computed(), recent.added()));
        }
        if (!stream.renditions().isEmpty()) {
            Map<String, Object> renditions = new LinkedHashMap<>();
            stream.renditions().forEach((name, window) -> {
                Map<String, Object> rendition = tree(window.view());
                stream.failure(name).ifPresent(line -> rendition.put("error", line));
                renditions.put(name, rendition);
            });
            tree.put("renditions", renditions);
        }
        if (!stream.outputs().isEmpty()) {
            tree.put("outputs", stream.outputs().stream().map(ApiRoutes::tree).toList());
        }
        return tree;
    }

    /** Empty where a rendition is not for the stream's source. */
    private static Map<String, Object> tree(WindowView rendition) {
        Map<String, Object> tree = new LinkedHashMap<>();
        if (!rendition.isEmpty()) {
            FragmentHeader header = rendition.last().header();
            tree.put("codecs", header.codecs());
            tree.put("width", header.width());
            tree.put("height", header.height());
        }
        return tree;
    }

    private static Map<String, Object> tree(OutputStatus output) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", output.name());
        tree.put("working", output.working());
        if (output.error() != null) {
            tree.put("error", output.error());
        }
        return tree;
    }

    private static Map<String, Object> tree(RungStatus rung) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("index", rung.index());
        tree.put("name", rung.name());
        tree.put("model", rung.model());
        tree.put("reason", lower(rung.reason()));
        if (!Double.isNaN(rung.lossDb())) {
            tree.put("lossDb", Math.round(100 * rung.lossDb()) / 100.0);
        }
        tree.put("load", Math.round(100 * rung.load()) / 100.0);
        return tree;
    }

    /** To a tenth. */
    static double millis(double nanos) {
        return Math.round(nanos / 1e5) / 10.0;
    }

    /** Shares of the windows, to four decimals. */
    static Map<String, Object> windows(double unchanged, double updated, double computed, double added) {
        Map<String, Object> shares = new LinkedHashMap<>();
        shares.put("unchanged", share(unchanged));
        shares.put("updated", share(updated));
        shares.put("computed", share(computed));
        shares.put("new", share(added));
        return shares;
    }

    private static double share(double share) {
        return Math.round(10_000 * share) / 10_000.0;
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
