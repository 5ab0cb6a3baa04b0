package io.upflux.codecs;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What of an input is taken at most. Headers state any numbers, and small files can hold huge pictures.
 *
 * @param pixels of a picture
 * @param streams in a container
 * @param rate frames a second, as the container states it
 * @param duration as the container states it, or as its packets show; null for any
 */
public record InputLimits(
        long pixels, int streams, double rate, @Nullable Duration duration) implements Serializable {
    /** Pictures of 16384x8192, 256 streams, 1000 frames a second, for as long as it takes. */
    public static final InputLimits USUAL = new InputLimits(1L << 27, 256, 1000, null);

    public InputLimits withPixels(long newPixels) {
        return new InputLimits(newPixels, streams, rate, duration);
    }

    public InputLimits withDuration(@Nullable Duration newDuration) {
        return new InputLimits(pixels, streams, rate, newDuration);
    }
}
