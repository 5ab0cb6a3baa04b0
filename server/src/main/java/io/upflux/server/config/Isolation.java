package io.upflux.server.config;

import java.util.Locale;
import java.util.stream.Stream;

/** Where a live source is parsed and decoded. */
public enum Isolation {
    /** In a process of its own. */
    PROCESS,
    /** In the server's. */
    NONE;

    /** @throws IllegalArgumentException in one line, when there is none of this name */
    static Isolation parse(String text) {
        return Stream.of(values())
                .filter(isolation -> isolation.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("must be process or none, not " + text));
    }
}
