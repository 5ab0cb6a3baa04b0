package io.upflux.server.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.WebsocketServerSpec;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;

/**
 * A request and its answer.
 *
 * @param parts of the path that the route left open, by their names
 * @param query parameters, decoded
 */
record Exchange(
        HttpServerRequest request,
        HttpServerResponse response,
        Map<String, String> parts,
        Map<String, List<String>> query) {
    static final String JSON = "application/json";
    private static final int LARGEST_BODY = 64 << 10;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** A part of the path. */
    String part(String name) {
        String value = parts.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the route has no part " + name);
        }
        return value;
    }

    /** A number in the path. */
    long number(String name) {
        try {
            return Long.parseLong(part(name));
        } catch (NumberFormatException e) {
            throw Problem.notFound("there is no number " + part(name));
        }
    }

    /** A parameter of the query; null when absent. */
    @Nullable
    String parameter(String name) {
        List<String> values = query.get(name);
        if (values == null) {
            return null;
        }
        if (values.size() > 1) {
            throw Problem.badRequest("parameter " + name + " is given more than once");
        }
        return values.get(0);
    }

    /** All parameters but the token, as if they were a JSON object. */
    ObjectNode fields() {
        ObjectNode fields = MAPPER.createObjectNode();
        query.keySet().stream()
                .filter(name -> !name.equals(Access.TOKEN))
                .forEach(name -> fields.put(name, parameter(name)));
        return fields;
    }

    /** A parameter that is a number, 0 or more; null when absent. */
    @Nullable
    Long numberParameter(String name) {
        String text = parameter(name);
        if (text == null) {
            return null;
        }
        if (!text.matches("[0-9]{1,15}")) {
            throw Problem.badRequest("parameter " + name + " must be a whole number, not '" + text + "'");
        }
        return Long.valueOf(text);
    }

    /**
     * Makes the connection a WebSocket.
     *
     * @param largest message that is taken, in bytes
     */
    Mono<Void> socket(
            int largest,
            BiFunction<? super WebsocketInbound, ? super WebsocketOutbound, ? extends Publisher<Void>> talk) {
        WebsocketServerSpec spec =
                WebsocketServerSpec.builder().maxFramePayloadLength(largest).build();
        return response.sendWebsocket(talk, spec);
    }

    /** @throws Problem when it is not asked for as a WebSocket (RFC 6455, section 4.2.1); older drafts are none */
    void requireUpgrade() {
        HttpHeaders headers = request.requestHeaders();
        if (!request.method().equals(HttpMethod.GET)
                || !headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
                || !headers.contains(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
                || !headers.contains(HttpHeaderNames.SEC_WEBSOCKET_VERSION, Problem.WEBSOCKET_VERSION, false)
                || !headers.contains(HttpHeaderNames.SEC_WEBSOCKET_KEY)) {
            throw Problem.upgradeRequired();
        }
    }

    Mono<Void> text(String type, String text) {
        return bytes(type, Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** The request's body, which must be a JSON object and come within a moment. */
    Mono<ObjectNode> jsonBody() {
        return request.receive()
                .asByteArray()
                .collect(ByteArrayOutputStream::new, Exchange::append)
                .timeout(
                        PATIENCE,
                        Mono.error(() -> Problem.late("the body did not come within " + PATIENCE.toSeconds() + " s")))
                .map(body -> parse(body.toByteArray()));
    }

    /** With the status that the response has. */
    Mono<Void> json(Object value) {
        return json(response.status(), JSON, value);
    }

    Mono<Void> json(HttpResponseStatus status, String type, Object value) {
        try {
            response.status(status);
            return bytes(type, Unpooled.wrappedBuffer(MAPPER.writeValueAsBytes(value)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Answers with bytes that may be shared. */
    Mono<Void> shared(String type, ByteBuffer... pieces) {
        ByteBuffer[] own = new ByteBuffer[pieces.length];
        for (int i = 0; i < pieces.length; i++) {
            own[i] = pieces[i].duplicate();
        }
        return bytes(type, Unpooled.wrappedBuffer(own));
    }

    private static void append(ByteArrayOutputStream body, byte[] piece) {
        if (body.size() + piece.length > LARGEST_BODY) {
            throw Problem.tooLarge("a body of " + LARGEST_BODY + " bytes is all that is taken here");
        }
        body.writeBytes(piece);
    }

    private static ObjectNode parse(byte[] body) {
        try {
            if (MAPPER.readTree(body) instanceof ObjectNode object) {
                return object;
            }
        } catch (IOException e) {
            // Said below.
        }
        throw Problem.badRequest("the body must be a JSON object");
    }

    private Mono<Void> bytes(String type, ByteBuf body) {
        response.header(HttpHeaderNames.CONTENT_TYPE, type)
                .header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(body.readableBytes()));
        if (request.method().equals(HttpMethod.HEAD)) {
            body.release();
            return onLoop(response.send());
        }
        return onLoop(response.sendObject(body).then());
    }

    /**
     * Sends on the connection's own event loop, whichever thread the answer became ready on: from another one, the
     * connection may miss that it is to read the next request.
     */
    Mono<Void> onLoop(Mono<Void> sending) {
        return Mono.defer(() -> sending.subscribeOn(Schedulers.fromExecutor(loop())));
    }

    private EventLoop loop() {
        try {
            return Outlet.connection(response).channel().eventLoop();
        } catch (IllegalStateException closed) {
            // A connection has none any more once it is closed, which may happen at any moment.
            throw new AbortedException(closed);
        }
    }
}
