package io.upflux.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.upflux.server.config.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Which handler answers a request, and how failures of all of them are told. */
final class Router implements BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> {
    private static final Logger LOG = LoggerFactory.getLogger(Router.class);
    private static final Pattern OPEN = Pattern.compile("\\{([a-z]+)}");

    /** Key of Reactor's per-subscriber hook for errors after the end of a stream. */
    private static final String ON_ERROR_DROPPED = "reactor.onErrorDropped.local";

    private final List<Route> routes = new ArrayList<>();
    private final Access access;

    private record Route(
            HttpMethod method,
            Role role,
            String template,
            Pattern path,
            List<String> names,
            Function<Exchange, Mono<Void>> handler) {
        boolean serves(HttpMethod asked) {
            return methods().anyMatch(asked.name()::equals);
        }

        /** What can be got can be asked for without its body. */
        Stream<String> methods() {
            return method.equals(HttpMethod.GET) ? Stream.of("GET", "HEAD") : Stream.of(method.name());
        }
    }

    Router(Access access) {
        this.access = access;
    }

    /** As {@link #get}, for everybody. */
    Router open(String path, Function<Exchange, Mono<Void>> handler) {
        return add(HttpMethod.GET, Role.NONE, path, handler);
    }

    /** @param path with parts such as {@code {s}} left open, none of which spans a slash */
    Router get(String path, Function<Exchange, Mono<Void>> handler) {
        return add(HttpMethod.GET, Role.VIEWER, path, handler);
    }

    /** As {@link #get}, for those who change something. */
    Router change(HttpMethod method, String path, Function<Exchange, Mono<Void>> handler) {
        return add(method, Role.OPERATOR, path, handler);
    }

    /** As {@link #change}, for those whose server it is. */
    Router administer(HttpMethod method, String path, Function<Exchange, Mono<Void>> handler) {
        return add(method, Role.ADMIN, path, handler);
    }

    /** What there is, as {@code GET /live/{s}.ts}. */
    List<String> routes() {
        return routes.stream()
                .map(route -> route.method() + " " + route.template())
                .toList();
    }

    private Router add(HttpMethod method, Role role, String path, Function<Exchange, Mono<Void>> handler) {
        List<String> names = new ArrayList<>();
        Matcher open = OPEN.matcher(path);
        StringBuilder pattern = new StringBuilder();
        int end = 0;
        while (open.find()) {
            names.add(open.group(1));
            pattern.append(Pattern.quote(path.substring(end, open.start()))).append("([^/]+)");
            end = open.end();
        }
        pattern.append(Pattern.quote(path.substring(end)));
        routes.add(new Route(method, role, path, Pattern.compile(pattern.toString()), names, handler));
        return this;
    }

    @Override
    public Publisher<Void> apply(HttpServerRequest request, HttpServerResponse response) {
        if (response.hasSentHeaders()) {
            // What came behind a request for a WebSocket that has not been answered yet.
            response.withConnection(Connection::dispose);
            return Mono.empty();
        }
        response.header("X-Content-Type-Options", "nosniff");
        String origin = access.allowedOrigin();
        if (origin != null) {
            Cors.allow(origin, response);
        }
        long start = System.nanoTime();
        return Mono.defer(() -> dispatch(request, response))
                .onErrorResume(failure -> tell(request, response, failure))
                .doFinally(end -> AccessLog.line(request, response, start, end))
                .onErrorComplete(Router::isGone)
                .contextWrite(context -> context.put(ON_ERROR_DROPPED, (Consumer<Throwable>) Router::dropped));
    }

    private Mono<Void> dispatch(HttpServerRequest request, HttpServerResponse response) {
        QueryStringDecoder uri = new QueryStringDecoder(Target.of(request).path());
        String path;
        Map<String, List<String>> query;
        try {
            path = uri.path();
            query = uri.parameters();
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("the address is not encoded as it must be");
        }
        access.checkPeer(request);
        checkCoding(request);
        if (access.allowedOrigin() != null && Cors.isPreflight(request)) {
            return Cors.answer(new Exchange(request, response, Map.of(), query));
        }
        List<Route> here = new ArrayList<>();
        for (Route route : routes) {
            Matcher matcher = route.path().matcher(path);
            if (!matcher.matches()) {
                continue;
            }
            here.add(route);
            if (route.serves(request.method())) {
                access.require(route.role(), request, path, query);
                Map<String, String> parts = new LinkedHashMap<>();
                for (int i = 0; i < route.names().size(); i++) {
                    parts.put(route.names().get(i), matcher.group(i + 1));
                }
                return route.handler().apply(new Exchange(request, response, parts, query));
            }
        }
        access.require(Role.VIEWER, request, path, query);
        if (here.isEmpty()) {
            throw Problem.notFound("there is nothing at " + path);
        }
        throw Problem.methodNotAllowed(
                here.stream().flatMap(Route::methods).distinct().collect(Collectors.joining(", ")));
    }

    /** What is packed may become anything: nothing here unpacks bodies, so packed ones are refused (RFC 9110, section 15.5.16). */
    private static void checkCoding(HttpServerRequest request) {
        String coding = request.requestHeaders().get(HttpHeaderNames.CONTENT_ENCODING, "identity");
        if (!coding.equalsIgnoreCase("identity")) {
            throw Problem.packed(coding);
        }
    }

    private static Mono<Void> tell(HttpServerRequest request, HttpServerResponse response, Throwable failure) {
        if (response.hasSentHeaders() || isGone(failure)) {
            LOG.debug("{} {} ended early", request.method(), AccessLog.path(request), failure);
            return Mono.error(failure);
        }
        Problem problem;
        if (failure instanceof Problem known) {
            problem = known;
        } else {
            LOG.error("{} {} failed: {}", request.method(), AccessLog.path(request), failure.toString(), failure);
            problem = Problem.internal();
        }
        problem.headers().forEach(response::header);
        return new Exchange(request, response, Map.of(), Map.of())
                .json(problem.status(), "application/problem+json", problem.body());
    }

    /** What fails once an answer or a WebSocket is over. That its connection is, too, is nothing to hear of. */
    private static void dropped(Throwable failure) {
        if (!isGone(failure)) {
            LOG.error("failed after the answer was over: {}", failure.toString(), failure);
        }
    }

    /** Whether whoever asked has left, before the whole request came or the whole answer went. */
    private static boolean isGone(Throwable failure) {
        return failure instanceof AbortedException || AbortedException.isConnectionReset(failure);
    }
}
