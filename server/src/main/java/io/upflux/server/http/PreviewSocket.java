package io.upflux.server.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.upflux.server.live.LiveStream;
import io.upflux.server.preview.Preview;
import io.upflux.server.preview.PreviewPicture;
import io.upflux.server.preview.Region;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;

/**
 * {@code /api/preview}: the client says at any time what it wishes to see, in JSON objects; the server sends pictures in
 * binary messages: a big-endian number of 32 bits, that many bytes of JSON that describe the picture, the picture.
 */
final class PreviewSocket {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int LARGEST_WISH = 4096;
    private static final Duration PING = Duration.ofSeconds(20);

    /** What the system keeps for a slow client is old when it arrives. */
    private static final int SEND_BUFFER = 64 << 10;

    private final Streams streams;

    PreviewSocket(Streams streams) {
        this.streams = streams;
    }

    void addTo(Router router) {
        router.get("/api/preview", this::open);
    }

    private Mono<Void> open(Exchange exchange) {
        LiveStream stream = streams.ofQuery(exchange);
        exchange.requireUpgrade();
        return exchange.socket(LARGEST_WISH, (in, out) -> talk(stream, in, out));
    }

    private static Publisher<Void> talk(LiveStream stream, WebsocketInbound in, WebsocketOutbound out) {
        in.withConnection(connection -> connection.channel().config().setOption(ChannelOption.SO_SNDBUF, SEND_BUFFER));
        PreviewFollower follower = new PreviewFollower(
                stream::preview, preview -> pictures(preview, out), error -> send(out, new TextWebSocketFrame(error)));
        Mono<Void> heard = in.aggregateFrames(LARGEST_WISH)
                .receive()
                .asString()
                .concatMap(follower::hear)
                .then();
        Mono<Void> pings = Flux.interval(PING)
                .onBackpressureDrop()
                .concatMap(tick -> send(out, new PingWebSocketFrame()))
                .then();
        return Mono.firstWithSignal(heard, follower.show(), pings);
    }

    private static Mono<Void> pictures(Preview preview, WebsocketOutbound out) {
        return Flux.fromIterable(preview.pictures())
                .concatMap(picture -> send(out, new BinaryWebSocketFrame(message(preview, picture))))
                .then();
    }

    private static Mono<Void> send(WebsocketOutbound out, WebSocketFrame frame) {
        return out.sendObject(frame).then();
    }

    private static ByteBuf message(Preview preview, PreviewPicture picture) {
        Map<String, Object> head = new LinkedHashMap<>();
        head.put("kind", picture.kind().toString());
        head.put("frame", preview.frame());
        head.put("pts", preview.pts());
        head.put("timeBase", preview.timeBase().toString());
        head.put("mime", picture.type().mime());
        head.put("width", picture.width());
        head.put("height", picture.height());
        Region region = picture.region();
        head.put(
                "region", Map.of("x", region.x(), "y", region.y(), "width", region.width(), "height", region.height()));
        head.put("picture", Map.of("width", preview.width(), "height", preview.height()));
        head.put("scale", preview.scale());
        head.put("latencyMillis", ApiRoutes.millis(preview.latencyNanos()));
        double windows = Math.max(1, preview.windows().windows());
        head.put(
                "windows",
                ApiRoutes.windows(
                        preview.windows().unchanged() / windows,
                        preview.windows().updated() / windows,
                        preview.windows().computed() / windows,
                        preview.windows().added() / windows));
        try {
            byte[] json = MAPPER.writeValueAsBytes(head);
            return Unpooled.wrappedBuffer(
                    Unpooled.buffer(Integer.BYTES).writeInt(json.length),
                    Unpooled.wrappedBuffer(json),
                    Unpooled.wrappedBuffer(picture.bytes().duplicate()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
