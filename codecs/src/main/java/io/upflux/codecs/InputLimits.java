package io.upflux.codecs;

import java.io.Serializable;

/**
 * What of an input is taken at most. Headers state any numbers, and small files can hold huge pictures.
 *
 * @param pixels of a picture
 * @param streams in a container
 * @param rate frames a second, as the container states it
 */
public record InputLimits(long pixels, int streams, double rate) implements Serializable {
    /** Pictures of 16384x8192, 256 streams, 1000 frames a second. */
    public static final InputLimits USUAL = new InputLimits(1L << 27, 256, 1000);

    public InputLimits withPixels(long newPixels) {
        return new InputLimits(newPixels, streams, rate);
    }
}
