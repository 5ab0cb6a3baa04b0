package io.upflux.server.config;

import io.upflux.pipeline.StreamException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what, as the configuration says it.
 *
 * @param tokens secrets and their roles
 * @param anonymous role of those who show none; null when it is not said
 * @param linkSecret signs links to streams; null when there are none
 */
record Guests(
        List<Token> tokens,
        @Nullable Role anonymous,
        @Nullable Secret linkSecret) {
    /**
     * Reads {@code tokens}, {@code anonymous} and {@code linkSecret}.
     *
     * @param everyPage whether the web pages of all may read answers: they act as whoever shows no token, and only watch
     */
    static Guests of(Settings settings, boolean everyPage) {
        List<Token> tokens = new ArrayList<>();
        Settings named = settings.child("tokens");
        if (named != null) {
            for (Map.Entry<String, Settings> entry : named.children().entrySet()) {
                tokens.add(token(entry.getKey(), entry.getValue()));
            }
        }
        Role said = role(settings, "anonymous");
        if (everyPage && said != null && !Role.VIEWER.covers(said)) {
            throw settings.wrong(
                    "anonymous",
                    "with allowOrigin: '*' every web page could do what is free to all: say viewer or none, or name the"
                            + " origin that may do more");
        }
        return new Guests(tokens, said, Secret.of(settings, "linkSecret"));
    }

    private static Token token(String name, Settings settings) {
        String secret = Secret.check(settings, "secret", settings.text("secret"));
        Role role = role(settings, "role");
        settings.end();
        return new Token(name, secret, role == null ? Role.VIEWER : role);
    }

    private static @Nullable Role role(Settings settings, String key) throws StreamException {
        String text = settings.text(key);
        if (text == null) {
            return null;
        }
        try {
            return Role.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw settings.wrong(key, "must be none, viewer, operator or admin, not " + text);
        }
    }
}
