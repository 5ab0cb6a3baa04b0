package io.upflux.codecs.output;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What Upflux knows about one FFmpeg encoder beyond what libavcodec says itself.
 *
 * @param name FFmpeg's name of it
 * @param hardware whether it needs a device that may be absent
 * @param lossless whether it keeps every sample, so that RGB stays RGB
 * @param minSide least width and height in samples it takes
 * @param evenOnly whether it drops an odd last column or row of a subsampled picture
 * @param largestTimeBase greatest denominator of a time base it takes
 * @param avoid pixel formats it lists but should not get, where {@link #in} says nothing else
 * @param rate how quality, bitrate and speed are asked of it
 */
record EncoderSpec(
        String name,
        boolean hardware,
        boolean lossless,
        int minSide,
        boolean evenOnly,
        int largestTimeBase,
        Set<Integer> avoid,
        RateControl rate) {
    /** Options, by FFmpeg's names, that make an encoder do what was asked. */
    interface RateControl {
        Map<String, String> options(Request request);
    }

    /**
     * What to aim for.
     *
     * @param crf the user's wish, or null for the default
     * @param bitrate bits a second, or null for constant quality
     * @param framesPerSecond nominal, 25 when unknown
     * @param threads 0 to let the encoder decide
     * @param frames after how many the encoder is replaced by a fresh one at the latest, 0 for never
     */
    record Request(@Nullable Integer crf, @Nullable Long bitrate, double framesPerSecond, int threads, long frames) {
        String crfOr(int otherwise) {
            return Integer.toString(crf != null ? crf : otherwise);
        }
    }

    static EncoderSpec software(String name, RateControl rate) {
        return new EncoderSpec(name, false, false, 1, false, Integer.MAX_VALUE, Set.of(), rate);
    }

    EncoderSpec asHardware() {
        return new EncoderSpec(name, true, lossless, minSide, evenOnly, largestTimeBase, avoid, rate);
    }

    EncoderSpec asLossless() {
        return new EncoderSpec(name, hardware, true, minSide, evenOnly, largestTimeBase, avoid, rate);
    }

    EncoderSpec from(int side) {
        return new EncoderSpec(name, hardware, lossless, side, evenOnly, largestTimeBase, avoid, rate);
    }

    EncoderSpec evenSides() {
        return new EncoderSpec(name, hardware, lossless, minSide, true, largestTimeBase, avoid, rate);
    }

    EncoderSpec withLargestTimeBase(int denominator) {
        return new EncoderSpec(name, hardware, lossless, minSide, evenOnly, denominator, avoid, rate);
    }

    EncoderSpec without(Integer... pixelFormats) {
        return new EncoderSpec(
                name, hardware, lossless, minSide, evenOnly, largestTimeBase, Set.of(pixelFormats), rate);
    }

    /** The same for a container: the alpha of libvpx is a second stream that only WebM and Matroska hold. */
    EncoderSpec in(Container container) {
        return container.isWebm() || container.isMatroska() ? without() : this;
    }

    /** MPEG-1 and MPEG-2 know eight frame rates and nothing between. */
    boolean standardRatesOnly() {
        return name.equals("mpeg2video") || name.equals("mpeg1video");
    }

    boolean fits(int width, int height) {
        return Math.min(width, height) >= minSide && !(evenOnly && ((width | height) & 1) != 0);
    }
}
