package io.upflux.server.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.upflux.codecs.FragmentHeader;
import io.upflux.server.live.LiveStream;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;

/**
 * {@code /api/ws}: go2rtc's dialogue for Media Source Extensions. The player says {@code {"type":"mse","value":CODECS}}
 * with what it can play; the server answers with the same type and the MIME type, and then sends fMP4 in binary messages,
 * first the header, then fragments at times from zero. {@code {"type":"mjpeg"}} asks for JPEG pictures instead.
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
        streams.watchedOfQuery(exchange);
        exchange.requireUpgrade();
        // A player may ask long after it came, and again: what it names may be another stream by then.
        return exchange.socket(LARGEST_QUESTION, (in, out) -> talk(() -> streams.watchedOfQuery(exchange), in, out));
    }

    private Publisher<Void> talk(Supplier<Watched> watched, WebsocketInbound in, WebsocketOutbound out) {
        Outlet outlet = Outlet.of(out);
        Sinks.Empty<Void> over = Sinks.empty();
        Flux<WebSocketFrame> answers = in.aggregateFrames(LARGEST_QUESTION)
                .receive()
                .asString()
                .map(Question::parse)
                .publish(questions -> Flux.merge(
                        // Another question is one for another movie instead.
                        questions
                                .filter(Question::isForMedia)
                                .switchMap(question -> answer(watched, question, outlet, over)),
                        // Players ask for WebRTC beside, and go on without it. A failure is the other branch's to tell.
                        questions
                                .filter(question -> !question.isForMedia())
                                .onErrorComplete()
                                .map(MseSocket::refusal)));
        Flux<WebSocketFrame> pings = Flux.interval(PING).onBackpressureDrop().map(tick -> new PingWebSocketFrame());
        Flux<WebSocketFrame> all =
                Flux.merge(answers.materialize(), pings.materialize()).<WebSocketFrame>dematerialize();
        // When a stream ends, changes in kind or begins anew, players shall notice and come again.
        return out.sendObject(all.takeUntilOther(over.asMono()), frame -> true);
    }

    /** What a player says. */
    private record Question(String type, String value) {
        private static final String MSE = "mse";
        private static final String MJPEG = "mjpeg";

        static Question parse(String text) {
            try {
                JsonNode message = MAPPER.readTree(text);
                return new Question(
                        message.path("type").asText(""), message.path("value").asText(""));
            } catch (JsonProcessingException e) {
                return new Question("", "");
            }
        }

        boolean isForMedia() {
            return type.equals(MSE) || type.equals(MJPEG);
        }
    }

    private static WebSocketFrame refusal(Question question) {
        String type = question.type();
        return error(type, type.isEmpty() ? "messages are JSON objects with a type" : "not served here");
    }

    private Flux<WebSocketFrame> answer(
            Supplier<Watched> named, Question question, Outlet outlet, Sinks.Empty<Void> over) {
        return Mono.fromSupplier(named)
                .zipWhen(streams::started)
                .flatMapMany(started -> {
                    Watched watched = started.getT1();
                    FragmentHeader header = started.getT2().last().header();
                    String codecs = question.value();
                    if (question.type().equals(Question.MJPEG)) {
                        return pictures(watched.stream(), outlet).doOnComplete(over::tryEmitEmpty);
                    }
                    return plays(codecs, header)
                            ? movie(watched, header, outlet).doOnComplete(over::tryEmitEmpty)
                            : Flux.just(error("mse", "codecs not matched: " + header.codecs() + " => " + codecs));
                })
                .onErrorResume(
                        Problem.class,
                        problem -> Flux.just(error(question.type(), String.valueOf(problem.getMessage()))));
    }

    /** For players that play nothing else: one JPEG picture after the other. */
    private static Flux<WebSocketFrame> pictures(LiveStream stream, Outlet outlet) {
        return StreamingRoutes.pictures(stream, outlet)
                .<WebSocketFrame>map(picture -> new BinaryWebSocketFrame(
                        Unpooled.wrappedBuffer(picture.bytes().duplicate())))
                .startWith(text("mjpeg", ""));
    }

    /** Ends where the stream changes in kind, which is another movie for the player. */
    private Flux<WebSocketFrame> movie(Watched watched, FragmentHeader header, Outlet outlet) {
        PlayersMovie movie = new PlayersMovie(header);
        Flux<WebSocketFrame> media = StreamingRoutes.follow(
                        watched, viewerBytes, fragment -> fragment.mp4().remaining(), outlet)
                .takeWhile(fragment -> fragment.header() == header)
                .map(fragment -> new BinaryWebSocketFrame(movie.next(fragment)));
        return media.startWith(text("mse", "video/mp4; codecs=\"" + header.codecs() + "\""));
    }

    /** The families of the codecs count: the levels that players list are examples of what they play. */
    private static boolean plays(String codecs, FragmentHeader header) {
        return codecs.isBlank()
                || Stream.of(header.codecs().split(","))
                        .map(codec -> codec.replaceFirst("\\..*", ""))
                        .allMatch(codecs::contains);
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
