package io.upflux.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import reactor.core.publisher.SignalType;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** A line of the log for each request that is over. Tokens and signatures stand in queries, which are left out. */
final class AccessLog {
    private static final Logger LOG = LoggerFactory.getLogger("io.upflux.access");
    private static final Pattern STREAM =
            Pattern.compile("/(?:live|ingest|api/v1/streams)/([^/]+?)(?:\\.ts|\\.mp4|/.*)?");

    private AccessLog() {}

    /** @param startNanos when the request came */
    static void line(HttpServerRequest request, HttpServerResponse response, long startNanos, SignalType end) {
        if (!LOG.isInfoEnabled()) {
            return;
        }
        String stream = visible(stream(Target.of(request).path()));
        try (MDC.MDCCloseable named = MDC.putCloseable("stream", stream)) {
            LOG.info(
                    "{} {} {} {} {} B {} ms stream={}{}",
                    peer(request.remoteAddress()),
                    request.method(),
                    path(request),
                    response.status().code(),
                    response.responseHeaders().get(HttpHeaderNames.CONTENT_LENGTH, "-"),
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos),
                    stream,
                    end == SignalType.ON_COMPLETE ? "" : " cut off");
        }
    }

    /** What was asked for, without the query. */
    static String path(HttpServerRequest request) {
        return visible(Target.of(request).path().replaceFirst("[?#].*", ""));
    }

    /** The stream that an address is about; a dash for none. */
    private static String stream(String uri) {
        try {
            QueryStringDecoder decoded = new QueryStringDecoder(uri);
            Matcher path = STREAM.matcher(decoded.path());
            List<String> sources = decoded.parameters().getOrDefault("src", List.of("-"));
            return path.matches() ? path.group(1) : sources.get(0);
        } catch (IllegalArgumentException e) {
            return "-";
        }
    }

    /** Nobody shall write lines of their own. */
    private static String visible(String text) {
        return text.replaceAll("[^!-~]", "?");
    }

    private static String peer(@Nullable InetSocketAddress address) {
        return address == null || address.getAddress() == null
                ? "-"
                : address.getAddress().getHostAddress();
    }
}
