package io.upflux.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** What browsers are told before and after they let pages of another origin ask here (CORS, in the Fetch standard). */
final class Cors {
    private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
    private static final String REQUEST_HEADERS = "Authorization, Content-Type, Range, Last-Event-ID";
    private static final String RESPONSE_HEADERS = "Accept-Ranges, Content-Range, Location, Retry-After";
    private static final String SECONDS_TO_REMEMBER = "600";

    private Cors() {}

    static void allow(String origin, HttpServerResponse response) {
        response.header(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, origin)
                .header(HttpHeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, RESPONSE_HEADERS);
    }

    /** Whether a browser asks what it may ask. It shows no token then, and learns nothing from the answer. */
    static boolean isPreflight(HttpServerRequest request) {
        return request.method().equals(HttpMethod.OPTIONS)
                && request.requestHeaders().contains(HttpHeaderNames.ORIGIN)
                && request.requestHeaders().contains(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD);
    }

    /** The same answer wherever it is asked. */
    static Mono<Void> answer(Exchange exchange) {
        HttpServerResponse response = exchange.response()
                .status(HttpResponseStatus.NO_CONTENT)
                .header(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, METHODS)
                .header(HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS)
                .header(HttpHeaderNames.ACCESS_CONTROL_MAX_AGE, SECONDS_TO_REMEMBER);
        return exchange.onLoop(response.send());
    }
}
