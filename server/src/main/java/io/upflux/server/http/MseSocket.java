package io.upflux.server.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.upflux.codecs.Fragment;
import io.upflux.codecs.FragmentHeader;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;

/**
 * {@code /api/ws}: go2rtc's dialogue for Media Source Extensions. The player says {@code {"type":"mse","value":CODECS}}
 * with what it can play; the server answers with the same type and the MIME type, and then sends fMP4 in binary messages,
 * first the header, then fragments.
 */
final class MseSocket {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int LARGEST_QUESTION = 64 * 1024;
    private static final Duration PING = Duration.ofSeconds(20);

    private final Streams streams;
    private final long viewerBytes;

    MseSocket(Streams streams, long viewerBytes) {
        this.streams = streams;
        this.viewerBytes = viewerBytes;
    }

    void addTo(Router router) {
        router.get("/api/ws", this::open);
    }

    private Mono<Void> open(Exchange exchange) {
        Watched watched = streams.watchedOfQuery(exchange);
        exchange.requireUpgrade();
        return exchange.socket(LARGEST_QUESTION, (in, out) -> talk(watched, in, out));
    }

    private Publisher<Void> talk(Watched watched, WebsocketInbound in, WebsocketOutbound out) {
        Outlet outlet = Outlet.of(out);
        Sinks.Empty<Void> over = Sinks.empty();
        // Another question is one for another movie instead.
        Flux<WebSocketFrame> answers = in.aggregateFrames(LARGEST_QUESTION)
                .receive()
                .asString()
                .switchMap(question -> answer(watched, question, outlet, over));
        Flux<WebSocketFrame> pings = Flux.interval(PING).onBackpressureDrop().map(tick -> new PingWebSocketFrame());
        Flux<WebSocketFrame> all =
                Flux.merge(answers.materialize(), pings.materialize()).<WebSocketFrame>dematerialize();
        // When a stream ends or begins anew, players shall notice and come again.
        return out.sendObject(all.takeUntilOther(over.asMono()), frame -> true);
    }

    private Flux<WebSocketFrame> answer(Watched watched, String question, Outlet outlet, Sinks.Empty<Void> over) {
        JsonNode message;
        try {
            message = MAPPER.readTree(question);
        } catch (JsonProcessingException e) {
            return Flux.just(error("", "messages are JSON objects with a type"));
        }
        String type = message.path("type").asText("");
        if (!type.equals("mse")) {
            return Flux.just(error(type, type.isEmpty() ? "messages are JSON objects with a type" : "not served here"));
        }
        String codecs = message.path("value").asText("");
        return streams.started(watched)
                .flatMapMany(view -> {
                    FragmentHeader header = view.last().header();
                    return plays(codecs, header)
                            ? movie(watched, header, outlet).doOnComplete(over::tryEmitEmpty)
                            : Flux.just(error("mse", "codecs not matched: " + header.codecs() + " => " + codecs));
                })
                .onErrorResume(Problem.class, problem -> Flux.just(error("mse", String.valueOf(problem.getMessage()))));
    }

    private Flux<WebSocketFrame> movie(Watched watched, FragmentHeader header, Outlet outlet) {
        AtomicReference<@Nullable FragmentHeader> sent = new AtomicReference<>();
        Flux<WebSocketFrame> media = StreamingRoutes.follow(
                        watched, viewerBytes, fragment -> fragment.mp4().remaining(), outlet)
                .map(fragment -> new BinaryWebSocketFrame(piece(fragment, sent)));
        return media.startWith(text("mse", "video/mp4; codecs=\"" + header.codecs() + "\""));
    }

    /** A fragment, behind its header where that is new. */
    private static ByteBuf piece(Fragment fragment, AtomicReference<@Nullable FragmentHeader> sent) {
        ByteBuf media = Unpooled.wrappedBuffer(fragment.mp4().duplicate());
        return sent.getAndSet(fragment.header()) == fragment.header()
                ? media
                : Unpooled.wrappedBuffer(
                        Unpooled.wrappedBuffer(fragment.header().init().duplicate()), media);
    }

    /** The family of the codec counts: the levels that players list are examples of what they play. */
    private static boolean plays(String codecs, FragmentHeader header) {
        String family = header.videoCodec().replaceFirst("\\..*", "");
        return codecs.isBlank() || codecs.contains(family);
    }

    private static WebSocketFrame error(String type, String what) {
        return text("error", type.isEmpty() ? what : type + ": " + what);
    }

    private static WebSocketFrame text(String type, String value) {
        ObjectNode message =
                JsonNodeFactory.instance.objectNode().put("type", type).put("value", value);
        return new TextWebSocketFrame(message.toString());
    }
}
