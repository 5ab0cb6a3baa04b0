package io.upflux.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.cookie.Cookie;
import io.netty.handler.codec.http.cookie.CookieHeaderNames.SameSite;
import io.netty.handler.codec.http.cookie.DefaultCookie;
import io.upflux.pipeline.StreamException;
import io.upflux.server.config.Role;
import io.upflux.server.config.ServerConfig;
import io.upflux.server.config.Token;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerRequest;

/** Who asks, and whether that is allowed; asked before anything is done for a request. */
final class Access {
    /** Name of the parameter and the cookie in which those show a token who cannot send an Authorization header. */
    static final String TOKEN = "token";

    private static final String BEARER = "bearer ";

    private final Links links;
    private volatile ServerConfig config;

    Access(ServerConfig config, Links links) {
        this.config = config;
        this.links = links;
    }

    /**
     * From now on, others may do what, of the server that listens where this one does.
     *
     * @throws StreamException when nothing says what; nothing has changed then
     */
    void become(ServerConfig other) {
        ServerConfig rules = other.listeningAs(config);
        if (rules.isOpen()) {
            throw new StreamException("address: this server listens on " + rules.host() + " until it is started again: "
                    + ServerConfig.CLOSE);
        }
        config = rules;
        links.become(rules.linkSecret());
    }

    /** Whose web pages may read answers; null for the server's own only. */
    @Nullable
    String allowedOrigin() {
        return config.allowOrigin();
    }

    /**
     * Refuses requests that a web page of somebody else makes through a visitor's browser: by a connection to another
     * origin, or by a name of its own that it lets point here.
     */
    void checkPeer(HttpServerRequest request) {
        ServerConfig rules = config;
        String host = Target.of(request).host();
        if (rules.local() && !ServerConfig.isLocal(name("http://" + host))) {
            throw Problem.forbidden("this server is not " + host + ": it serves this machine only");
        }
        String origin = request.requestHeaders().get(HttpHeaderNames.ORIGIN);
        boolean own = origin == null || origin.replaceFirst("^https?://", "").equalsIgnoreCase(host);
        String allowed = rules.allowOrigin();
        if (!own && !"*".equals(allowed) && !origin.equals(allowed)) {
            throw Problem.forbidden("pages of " + origin + " may not use this server; allowOrigin can allow them");
        }
    }

    /** Refuses those who may not do what they ask for. @param needed role, of which {@link Role#NONE} asks for nothing */
    void require(Role needed, HttpServerRequest request, String path, Map<String, List<String>> query) {
        if (needed == Role.NONE) {
            return;
        }
        Role role = role(request, path, query);
        if (role == Role.NONE) {
            throw Problem.unauthorized("a token is needed: Authorization: Bearer TOKEN, or ?token=TOKEN");
        }
        if (!role.covers(needed)) {
            throw Problem.forbidden("this needs the role " + needed.name().toLowerCase(Locale.ROOT));
        }
    }

    /** Whether whoever knows the address of this is shown it: then caches that many share may keep it. */
    boolean isForAll(Exchange exchange) {
        ServerConfig rules = config;
        String token = exchange.parameter(TOKEN);
        return rules.free().covers(Role.VIEWER)
                || (token != null && known(rules, token).isPresent())
                || links.shown(exchange.query());
    }

    private Role role(HttpServerRequest request, String path, Map<String, List<String>> query) {
        if (links.open(path, query)) {
            return Role.VIEWER;
        }
        ServerConfig rules = config;
        String shown = shown(request, query);
        if (shown == null || rules.tokens().isEmpty()) {
            // Browsers show what they were opened with once, also when that is long of no use.
            return kept(request).flatMap(kept -> known(rules, kept)).orElseGet(rules::free);
        }
        return known(rules, shown).orElseThrow(() -> Problem.unauthorized("this token is not known here"));
    }

    private static Optional<Role> known(ServerConfig rules, String shown) {
        byte[] given = digest(shown);
        Optional<Role> role = Optional.empty();
        for (Token token : rules.tokens()) {
            // All are looked at, so that time tells nothing.
            if (MessageDigest.isEqual(digest(token.secret()), given)) {
                role = Optional.of(token.role());
            }
        }
        return role;
    }

    /**
     * Lets a browser show a token again that it was opened with.
     *
     * @param secure whether never to a server without TLS
     */
    static Cookie cookie(String token, boolean secure) {
        DefaultCookie cookie = new DefaultCookie(TOKEN, digestible(token));
        cookie.setPath("/");
        cookie.setHttpOnly(true);
        cookie.setSecure(secure);
        cookie.setSameSite(SameSite.Strict);
        return cookie;
    }

    /** Players ask for what a playlist lists as it is written there: what opened the playlist is repeated in it. */
    static String repeated(Exchange exchange) {
        StringBuilder repeated = new StringBuilder();
        for (String name : List.of(TOKEN, Links.EXPIRES, Links.SIGNATURE)) {
            String value = exchange.parameter(name);
            if (value != null) {
                repeated.append(repeated.isEmpty() ? '?' : '&')
                        .append(name)
                        .append('=')
                        .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
            }
        }
        return repeated.toString();
    }

    private static @Nullable String shown(HttpServerRequest request, Map<String, List<String>> query) {
        String header = request.requestHeaders().get(HttpHeaderNames.AUTHORIZATION);
        if (header != null && header.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
            return header.substring(BEARER.length()).strip();
        }
        List<String> parameters = query.get(TOKEN);
        return parameters == null ? null : parameters.get(0);
    }

    private static Optional<String> kept(HttpServerRequest request) {
        Set<Cookie> cookies = request.cookies().getOrDefault(TOKEN, Set.of());
        return cookies.stream().findFirst().map(Cookie::value);
    }

    /** Cookies hold no line breaks, commas or semicolons, and no token that is meant to be shown has any. */
    private static String digestible(String token) {
        if (!token.matches("[A-Za-z0-9._~+/=-]{1,256}")) {
            throw Problem.badRequest("a token in an address has letters, digits and ._~+/=- only");
        }
        return token;
    }

    private static String name(String address) {
        try {
            String name = new URI(address).getHost();
            return name == null ? "" : name;
        } catch (URISyntaxException e) {
            return "";
        }
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
