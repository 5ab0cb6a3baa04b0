package io.upflux.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.upflux.codecs.Fragment;
import io.upflux.server.live.LiveSegment;
import io.upflux.server.live.LiveStream;
import io.upflux.server.live.WindowView;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** {@code /live/{s}/...}: low-latency HLS. */
final class HlsRoutes {
    private static final String PLAYLIST = "application/vnd.apple.mpegurl";
    private static final String MP4 = "video/mp4";

    /** A name always means the same bytes: numbers do not come again, even when the server is started again. */
    private static final String KEEP = ", max-age=60, immutable";

    /** How many segments ahead a playlist may be asked for. */
    private static final int FORESIGHT = 2;

    private final Streams streams;
    private final Access access;

    HlsRoutes(Streams streams, Access access) {
        this.streams = streams;
        this.access = access;
    }

    void addTo(Router router) {
        router.get("/live/{s}/index.m3u8", this::index);
        for (String window : List.of("/live/{s}", "/live/{s}/{r}")) {
            router.get(window + "/media.m3u8", this::media)
                    .get(window + "/init-{n}.mp4", this::init)
                    .get(window + "/segment-{n}.m4s", this::segment)
                    .get(window + "/part-{n}.m4s", this::part);
        }
    }

    /** Lists what there is: the stream's own output, and the renditions that are for its source. */
    private Mono<Void> index(Exchange exchange) {
        LiveStream stream = streams.wanted(exchange.part("s"));
        return streams.complete(stream).flatMap(view -> {
            List<Playlists.Variant> variants = new ArrayList<>();
            playlists(stream).forEach((uri, there) -> variants.add(Playlists.Variant.of(uri, there)));
            exchange.response().header(HttpHeaderNames.CACHE_CONTROL, "no-cache");
            return exchange.text(PLAYLIST, Playlists.main(variants, Access.repeated(exchange)));
        });
    }

    /** What there is, by the address from below the stream's: its own output first, then the renditions of its source. */
    private static Map<String, WindowView> playlists(LiveStream stream) {
        Map<String, WindowView> playlists = new LinkedHashMap<>();
        playlists.put("media.m3u8", stream.window().view());
        stream.renditions().forEach((name, window) -> {
            if (stream.present().contains(name)) {
                playlists.put(name + "/media.m3u8", window.view());
            }
        });
        playlists.values().removeIf(WindowView::isEmpty);
        return playlists;
    }

    private Mono<Void> media(Exchange exchange) {
        Watched watched = streams.ofPath(exchange);
        Long segment = exchange.numberParameter("_HLS_msn");
        Long part = exchange.numberParameter("_HLS_part");
        if (segment == null && part != null) {
            throw Problem.badRequest("_HLS_part needs _HLS_msn");
        }
        return streams.started(watched)
                .flatMap(now -> segment == null ? Mono.just(now) : reached(watched, now, segment, part))
                .flatMap(view -> {
                    LiveStream stream = watched.stream();
                    String rendition = exchange.parts().get("r");
                    String own = rendition == null ? "media.m3u8" : rendition + "/media.m3u8";
                    List<Playlists.Report> others = new ArrayList<>();
                    playlists(stream).forEach((uri, there) -> {
                        if (!uri.equals(own)) {
                            others.add(new Playlists.Report((rendition == null ? "" : "../") + uri, there));
                        }
                    });
                    exchange.response().header(HttpHeaderNames.CACHE_CONTROL, "no-cache");
                    return exchange.text(
                            PLAYLIST,
                            Playlists.media(
                                    view,
                                    stream.config().live().segment(),
                                    stream.config().live().longestPart(),
                                    others,
                                    Access.repeated(exchange)));
                });
    }

    /** The view that a blocking reload asks for (section 6.2.5.2). */
    private static Mono<WindowView> reached(Watched watched, WindowView now, long segment, @Nullable Long part) {
        if (segment > now.openNumber() + FORESIGHT) {
            throw Problem.badRequest("segment " + segment + " is too far ahead: the next is " + now.openNumber());
        }
        int index = part == null || part > Integer.MAX_VALUE ? Integer.MAX_VALUE : part.intValue();
        return Streams.soon(watched.stream(), watched.window().await(segment, index));
    }

    private Mono<Void> init(Exchange exchange) {
        Watched watched = streams.ofPath(exchange);
        long number = exchange.number("n");
        ByteBuffer init = watched.window()
                .view()
                .header(number)
                .orElseThrow(() -> gone(watched, "header " + number))
                .init();
        keep(exchange);
        return exchange.shared(MP4, init);
    }

    private Mono<Void> segment(Exchange exchange) {
        Watched watched = streams.ofPath(exchange);
        long number = exchange.number("n");
        LiveSegment segment = watched.window()
                .view()
                .segment(number)
                .filter(LiveSegment::complete)
                .orElseThrow(() -> gone(watched, "segment " + number));
        keep(exchange);
        return exchange.shared(MP4, segment.parts().stream().map(Fragment::mp4).toArray(ByteBuffer[]::new));
    }

    /** The part that is announced as the next may be asked for before it is there. */
    private Mono<Void> part(Exchange exchange) {
        Watched watched = streams.ofPath(exchange);
        long number = exchange.number("n");
        return streams.started(watched)
                .flatMap(view -> {
                    if (number > view.nextPart()) {
                        throw gone(watched, "part " + number);
                    }
                    return Streams.soon(watched.stream(), watched.window().awaitPart(number));
                })
                .flatMap(view -> {
                    Fragment part = view.part(number).orElseThrow(() -> gone(watched, "part " + number));
                    keep(exchange);
                    return exchange.shared(MP4, part.mp4());
                });
    }

    private void keep(Exchange exchange) {
        exchange.response()
                .header(HttpHeaderNames.CACHE_CONTROL, (access.isForAll(exchange) ? "public" : "private") + KEEP);
    }

    private static Problem gone(Watched watched, String what) {
        return Problem.notFound(what + " of stream " + watched.stream().name() + " is not there, or not any more");
    }
}
