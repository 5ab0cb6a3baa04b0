package io.upflux.server.config;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What is named whole, or lies below a prefix that ends with a slash: {@code rtsp://192.0.2.7/} or {@code /srv/clips/}. What
 * could mean another place than it seems to is refused whatever it begins with.
 */
record AllowedSources(List<String> allowed) implements SourceGuard {
    /** Ways up and around: dots, their escapes, backslashes, control characters. */
    private static final Pattern DEVIOUS =
            Pattern.compile("(?i)(^|[/\\\\]|%2f|%5c)(\\.|%2e){1,2}($|[/\\\\?#]|%2f|%5c)|\\\\|\\p{Cntrl}");

    AllowedSources {
        allowed = List.copyOf(allowed);
    }

    @Override
    public void check(String location) {
        boolean below = allowed.stream()
                .anyMatch(prefix -> location.equals(prefix) || (prefix.endsWith("/") && location.startsWith(prefix)));
        if (!below || DEVIOUS.matcher(location).find()) {
            throw new SourceRefused(location + " is not among the allowedSources of the configuration");
        }
    }
}
