package io.upflux.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import reactor.core.publisher.Mono;

/** The web page and its parts, read from the jar when the server starts. Nothing of it comes from elsewhere. */
final class PageRoutes {
    private static final String FOLDER = "/io/upflux/server/page/";

    private static final String RULES =
            "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; worker-src 'self' blob:;"
                    + " style-src 'self'; connect-src 'self' ws: wss:; frame-ancestors 'self'";

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml");

    void addTo(Router router) {
        add(router, "/", "index.html");
        for (String file : new String[] {"page.js", "players.js", "page.css", "icon.svg", "hls.min.js"}) {
            add(router, "/page/" + file, file);
        }
    }

    private static void add(Router router, String path, String file) {
        ByteBuffer bytes = read(file);
        String type = TYPES.getOrDefault(file.substring(file.lastIndexOf('.') + 1), "application/octet-stream");
        router.get(path, exchange -> send(exchange, type, bytes));
    }

    private static Mono<Void> send(Exchange exchange, String type, ByteBuffer bytes) {
        String token = exchange.parameter(Access.TOKEN);
        if (token != null) {
            exchange.response().addCookie(Access.cookie(token));
        }
        exchange.response()
                .header(HttpHeaderNames.CACHE_CONTROL, "no-cache")
                .header(HttpHeaderNames.CONTENT_SECURITY_POLICY, RULES);
        return exchange.shared(type, bytes);
    }

    private static ByteBuffer read(String file) {
        try (InputStream in = PageRoutes.class.getResourceAsStream(FOLDER + file)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its file " + file);
            }
            return ByteBuffer.wrap(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
