package io.upflux.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.upflux.codecs.Fragment;
import io.upflux.codecs.FragmentHeader;
import io.upflux.server.live.LiveStream;
import io.upflux.server.live.Viewer;
import io.upflux.server.preview.PreviewPicture;
import io.upflux.server.preview.PreviewWish;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/** Streams as one answer without an end: {@code /live/{s}.ts}, {@code /live/{s}.mp4}, and pictures. */
final class StreamingRoutes {
    private static final String BOUNDARY = "upflux";

    private final Streams streams;
    private final long viewerBytes;

    /** @param viewerBytes what may wait for one viewer */
    StreamingRoutes(Streams streams, long viewerBytes) {
        this.streams = streams;
        this.viewerBytes = viewerBytes;
    }

    void addTo(Router router) {
        router.get("/live/{s}.ts", this::ts)
                .get("/live/{s}.mp4", this::mp4)
                .get("/live/{s}/{r}.ts", this::ts)
                .get("/live/{s}/{r}.mp4", this::mp4)
                .get("/api/frame.jpeg", this::picture)
                .get("/api/stream.mjpeg", this::pictures);
    }

    private Mono<Void> ts(Exchange exchange) {
        Watched watched = streams.ofPath(exchange);
        return streams.started(watched)
                .flatMap(view -> send(
                        exchange,
                        "video/mp2t",
                        outlet -> follow(
                                        watched,
                                        viewerBytes,
                                        fragment -> fragment.ts().remaining(),
                                        outlet)
                                .map(fragment ->
                                        Unpooled.wrappedBuffer(fragment.ts().duplicate()))));
    }

    /** Ends where the streams change in kind: a file has one header. */
    private Mono<Void> mp4(Exchange exchange) {
        Watched watched = streams.ofPath(exchange);
        return streams.started(watched)
                .flatMap(view -> send(exchange, "video/mp4", outlet -> {
                    AtomicReference<@Nullable FragmentHeader> header = new AtomicReference<>();
                    return follow(
                                    watched,
                                    viewerBytes,
                                    fragment -> fragment.mp4().remaining(),
                                    outlet)
                            .takeWhile(fragment ->
                                    header.compareAndSet(null, fragment.header()) || header.get() == fragment.header())
                            .switchOnFirst((first, all) -> {
                                Fragment fragment = first.get();
                                Flux<ByteBuf> rest = all.map(next ->
                                        Unpooled.wrappedBuffer(next.mp4().duplicate()));
                                return fragment == null
                                        ? rest
                                        : rest.startWith(Unpooled.wrappedBuffer(
                                                fragment.header().init().duplicate()));
                            });
                }));
    }

    private Mono<Void> picture(Exchange exchange) {
        LiveStream stream = streams.ofQuery(exchange);
        return streams.started(stream)
                .flatMap(view -> Streams.soon(stream, picture(stream)))
                .switchIfEmpty(Streams.late(stream))
                .flatMap(picture -> {
                    exchange.response().header(HttpHeaderNames.CACHE_CONTROL, "no-store");
                    return exchange.shared(picture.type().mime(), picture.bytes());
                });
    }

    private Mono<Void> pictures(Exchange exchange) {
        LiveStream stream = streams.ofQuery(exchange);
        return streams.started(stream)
                .flatMap(view -> send(
                        exchange,
                        "multipart/x-mixed-replace; boundary=" + BOUNDARY,
                        outlet -> pictures(stream, outlet).map(picture -> {
                            String head = "--" + BOUNDARY + "\r\nContent-Type: image/jpeg\r\nContent-Length: "
                                    + picture.bytes().remaining() + "\r\n\r\n";
                            return Unpooled.wrappedBuffer(
                                    Unpooled.copiedBuffer(head, StandardCharsets.US_ASCII),
                                    Unpooled.wrappedBuffer(picture.bytes().duplicate()),
                                    Unpooled.copiedBuffer("\r\n", StandardCharsets.US_ASCII));
                        })));
    }

    /** One after the other, each when the outlet takes it. */
    static Flux<PreviewPicture> pictures(LiveStream stream, Outlet outlet) {
        return outlet.whenWritable()
                .then(picture(stream))
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .repeat()
                .takeWhile(Optional::isPresent)
                .map(Optional::get);
    }

    /** The next one; empty when no more will come. */
    private static Mono<PreviewPicture> picture(LiveStream stream) {
        return stream.preview(PreviewWish.UPSCALED)
                .map(preview -> preview.pictures().get(0));
    }

    /** Fragments as fast as the outlet takes them. */
    static Flux<Fragment> follow(Watched watched, long limit, ToIntFunction<Fragment> size, Outlet outlet) {
        return Flux.defer(() -> {
            Viewer viewer = new Viewer(watched.window(), limit, size, outlet::isWritable);
            Disposable waking = outlet.onWritable(viewer::wake);
            return viewer.fragments().doFinally(end -> {
                waking.dispose();
                watched.stream().counters().skippedBy(viewer);
            });
        });
    }

    /** An answer whose pieces go out as they come. */
    private static Mono<Void> send(
            Exchange exchange, String type, java.util.function.Function<Outlet, Flux<ByteBuf>> pieces) {
        HttpServerResponse response = exchange.response()
                .header(HttpHeaderNames.CONTENT_TYPE, type)
                .header(HttpHeaderNames.CACHE_CONTROL, "no-store");
        if (exchange.request().method().equals(HttpMethod.HEAD)) {
            return exchange.onLoop(response.send());
        }
        return exchange.onLoop(
                response.send(pieces.apply(Outlet.of(response)), piece -> true).then());
    }
}
