package io.upflux.server.config;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which sources something is for.
 *
 * @param minHeight least lines
 * @param maxHeight most lines
 * @param minRate least frames a second; 0 for any
 * @param maxRate most frames a second; infinite for any
 */
public record When(int minHeight, int maxHeight, double minRate, double maxRate) {
    /** Any source. */
    public static final When ALWAYS = new When(0, Integer.MAX_VALUE, 0, Double.POSITIVE_INFINITY);

    /** What is said under {@code when}; null where nothing is. */
    static @Nullable When read(Settings said) {
        Settings when = said.child("when");
        if (when == null) {
            return null;
        }
        When conditions = new When(
                Objects.requireNonNullElse(when.integer("minHeight", 1, 16384), 0),
                Objects.requireNonNullElse(when.integer("maxHeight", 1, 16384), Integer.MAX_VALUE),
                Objects.requireNonNullElse(when.number("minRate"), 0.0),
                Objects.requireNonNullElse(when.number("maxRate"), Double.POSITIVE_INFINITY));
        when.end();
        return conditions;
    }

    /**
     * Whether it is for such a source.
     *
     * @param rate frames a second, 0 when unknown: then what asks for a rate is not
     */
    public boolean holds(int height, double rate) {
        boolean anyRate = minRate == 0 && maxRate == Double.POSITIVE_INFINITY;
        boolean rated = rate > 0 && rate >= minRate && rate <= maxRate;
        return height >= minHeight && height <= maxHeight && (anyRate || rated);
    }
}
