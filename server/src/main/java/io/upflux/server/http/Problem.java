package io.upflux.server.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;

/** Why a request is not answered as asked (RFC 9457). */
final class Problem extends RuntimeException {
    static final String WEBSOCKET_VERSION = "13";

    private static final long serialVersionUID = 1L;

    private final transient HttpResponseStatus status;
    private final transient Map<String, String> headers;

    private Problem(HttpResponseStatus status, String detail, Map<String, String> headers) {
        super(detail, null, false, false);
        this.status = status;
        this.headers = headers;
    }

    static Problem badRequest(String detail) {
        return new Problem(HttpResponseStatus.BAD_REQUEST, detail, Map.of());
    }

    static Problem unauthorized(String detail) {
        return new Problem(HttpResponseStatus.UNAUTHORIZED, detail, Map.of("WWW-Authenticate", "Bearer"));
    }

    static Problem forbidden(String detail) {
        return new Problem(HttpResponseStatus.FORBIDDEN, detail, Map.of());
    }

    static Problem notFound(String detail) {
        return new Problem(HttpResponseStatus.NOT_FOUND, detail, Map.of());
    }

    /** What was to be sent does not come; nothing else can be read behind it. */
    static Problem late(String detail) {
        return new Problem(HttpResponseStatus.REQUEST_TIMEOUT, detail, Map.of("Connection", "close"));
    }

    static Problem conflict(String detail) {
        return new Problem(HttpResponseStatus.CONFLICT, detail, Map.of());
    }

    static Problem unusable(String detail) {
        return new Problem(HttpResponseStatus.UNPROCESSABLE_ENTITY, detail, Map.of());
    }

    static Problem tooLarge(String detail) {
        return new Problem(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, detail, Map.of());
    }

    static Problem methodNotAllowed(String allowed) {
        return new Problem(
                HttpResponseStatus.METHOD_NOT_ALLOWED,
                "only " + allowed + " is possible here",
                Map.of("Allow", allowed));
    }

    static Problem unavailable(String detail) {
        return new Problem(HttpResponseStatus.SERVICE_UNAVAILABLE, detail, Map.of("Retry-After", "1"));
    }

    /** Until work has been done that takes minutes rather than seconds. */
    static Problem queueFull(String detail) {
        return new Problem(HttpResponseStatus.SERVICE_UNAVAILABLE, detail, Map.of("Retry-After", "60"));
    }

    static Problem upgradeRequired() {
        return new Problem(
                HttpResponseStatus.UPGRADE_REQUIRED,
                "this is a WebSocket",
                Map.of("Upgrade", "websocket", "Connection", "Upgrade", "Sec-WebSocket-Version", WEBSOCKET_VERSION));
    }

    static Problem noSpace(String detail) {
        return new Problem(HttpResponseStatus.INSUFFICIENT_STORAGE, detail, Map.of());
    }

    static Problem unsupportedType(String detail) {
        return new Problem(HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE, detail, Map.of());
    }

    /** @param coding as {@code Content-Encoding} names it */
    static Problem packed(String coding) {
        return new Problem(
                HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE,
                "the body is packed by " + coding + "; send it as it is",
                Map.of("Accept-Encoding", "identity"));
    }

    /** @param status of a request whose head cannot be read */
    static Problem headTooLong(HttpResponseStatus status, String detail) {
        return new Problem(status, detail, Map.of());
    }

    /** @param size of what a part was asked of */
    static Problem unsatisfiable(long size) {
        return new Problem(
                HttpResponseStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
                "there are " + size + " bytes, none of which is in the range",
                Map.of("Content-Range", "bytes */" + size));
    }

    static Problem internal() {
        return new Problem(HttpResponseStatus.INTERNAL_SERVER_ERROR, "the server failed; its log says why", Map.of());
    }

    HttpResponseStatus status() {
        return status;
    }

    Map<String, String> headers() {
        return headers;
    }

    /** As {@code application/problem+json}. */
    Map<String, Object> body() {
        return Map.of(
                "type", "about:blank",
                "title", status.reasonPhrase(),
                "status", status.code(),
                "detail", String.valueOf(getMessage()));
    }
}
