package io.upflux.reuse;

import java.util.Locale;

/** How much of the pictures before a picture may be made from. */
public enum ReuseMode {
    /** Every picture is computed whole, by itself. */
    OFF,
    /** What is kept is what computing would give, but for rounding: nothing that it depends on has changed by a bit. */
    EXACT,
    /** What has hardly changed is adapted instead of computed. */
    NEAR;

    /**
     * Reads {@code exact}, {@code near} or {@code off}.
     *
     * @throws IllegalArgumentException when it is none of them
     */
    public static ReuseMode parse(String text) {
        return switch (text) {
            case "exact" -> EXACT;
            case "near" -> NEAR;
            case "off" -> OFF;
            default -> throw new IllegalArgumentException("'" + text + "' is none of exact, near and off");
        };
    }

    /** As {@link #parse} takes it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
