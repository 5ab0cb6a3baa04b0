package io.upflux.models;

import io.upflux.pipeline.StreamException;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * Whether windows of a picture may leave a network early: each after the first block at which its confidences, summed
 * up from block to block, reach a threshold (AdaFormer; Graves 2016, adaptive computation time). Lower is faster.
 *
 * @param threshold above 0; infinite when no window may
 */
public record Halting(double threshold) {
    /** Every window passes through all blocks. */
    public static final Halting OFF = new Halting(Double.POSITIVE_INFINITY);

    public Halting {
        if (!(threshold > 0)) {
            throw new IllegalArgumentException("threshold " + threshold);
        }
    }

    /**
     * Reads {@code off} or a threshold.
     *
     * @throws StreamException for anything else
     */
    public static Halting parse(String text) {
        String wish = text.strip().toLowerCase(Locale.ROOT);
        if (wish.equals("off")) {
            return OFF;
        }
        if (!wish.matches("[0-9]{1,6}(\\.[0-9]{1,12})?|\\.[0-9]{1,12}") || Double.parseDouble(wish) == 0) {
            throw new StreamException(
                    "halting '" + text + "' is neither off nor a threshold above 0; the paper's is 0.95");
        }
        return new Halting(Double.parseDouble(wish));
    }

    /** Whether any window may. */
    public boolean on() {
        return threshold < Double.POSITIVE_INFINITY;
    }

    /** Whether windows of a model that halts could: no confidence is above 1, and that of the last block counts for nothing. */
    public boolean isReachable(ModelCard card) {
        int blocks = card.contract().blocks();
        return !on() || blocks == 0 || threshold < blocks - 1;
    }

    OptionalDouble wished() {
        return on() ? OptionalDouble.of(threshold) : OptionalDouble.empty();
    }

    @Override
    public String toString() {
        return on() ? Double.toString(threshold) : "off";
    }
}
