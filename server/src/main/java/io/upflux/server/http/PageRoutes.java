package io.upflux.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import reactor.core.publisher.Mono;

/**
 * The web page and its parts, and the description of the API (OpenAPI 3.1), read from the jar when the server starts. Nothing
 * of it comes from elsewhere.
 */
final class PageRoutes {
    private static final String FOLDER = "/io/upflux/server/page/";
    private static final String HLS = "/META-INF/resources/webjars/hls.js/%s/dist/hls.min.js";

    /** Scripts and styles come as files from here; blobs are what players make of media. */
    private static final String RULES = String.join(
            "; ",
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' blob:",
            "media-src 'self' blob:",
            "worker-src 'self' blob:",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'self'");

    private static final List<String> FILES = List.of(
            "icon.svg",
            "page.css",
            "page.js",
            "api.js",
            "compare.js",
            "dom.js",
            "graphs.js",
            "jobs.js",
            "overlay.js",
            "players.js",
            "preview.js",
            "streams.js",
            "view.js",
            "watch.js",
            "wipe.js");

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml",
            "yaml", "application/yaml");

    void addTo(Router router) {
        add(router, "/", FOLDER + "index.html");
        add(router, "/openapi.yaml", FOLDER + "openapi.yaml");
        for (String file : FILES) {
            add(router, "/page/" + file, FOLDER + file);
        }
        add(router, "/page/hls.min.js", String.format(Locale.ROOT, HLS, hlsVersion()));
    }

    /** As the build wrote it down; it is part of the path inside the WebJar. */
    private static String hlsVersion() {
        Properties properties = new Properties();
        try (InputStream in = PageRoutes.class.getResourceAsStream(FOLDER + "webjars.properties")) {
            properties.load(Objects.requireNonNull(in, "webjars.properties"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("hls.js", "");
    }

    private static void add(Router router, String path, String file) {
        ByteBuffer bytes = read(file);
        String type = TYPES.getOrDefault(file.substring(file.lastIndexOf('.') + 1), "application/octet-stream");
        router.get(path, exchange -> send(exchange, type, bytes));
    }

    private static Mono<Void> send(Exchange exchange, String type, ByteBuffer bytes) {
        String token = exchange.parameter(Access.TOKEN);
        if (token != null) {
            exchange.response()
                    .addCookie(Access.cookie(token, exchange.request().scheme().equals("https")));
        }
        exchange.response()
                .header(HttpHeaderNames.CACHE_CONTROL, "no-cache")
                .header(HttpHeaderNames.CONTENT_SECURITY_POLICY, RULES);
        return exchange.shared(type, bytes);
    }

    private static ByteBuffer read(String file) {
        try (InputStream in = PageRoutes.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its file " + file);
            }
            return ByteBuffer.wrap(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
