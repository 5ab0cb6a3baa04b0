package io.upflux.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import reactor.netty.http.server.HttpServerRequest;

/**
 * What a request is for, in whichever form it says so: a server must take whole addresses, too, and then goes by the host in
 * those (RFC 9112, section 3.2.2).
 *
 * @param host with the port where it is said; empty when nothing is
 * @param path with the query
 */
record Target(String host, String path) {
    private static final Pattern ABSOLUTE = Pattern.compile("(?i)https?://([^/?#]*)(.*)", Pattern.DOTALL);

    static Target of(HttpServerRequest request) {
        Matcher absolute = ABSOLUTE.matcher(request.uri());
        if (!absolute.matches()) {
            return new Target(request.requestHeaders().get(HttpHeaderNames.HOST, ""), request.uri());
        }
        String path = absolute.group(2);
        return new Target(absolute.group(1), path.startsWith("/") ? path : "/" + path);
    }
}
