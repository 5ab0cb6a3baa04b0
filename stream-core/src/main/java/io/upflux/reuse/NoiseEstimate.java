package io.upflux.reuse;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import java.util.Arrays;

/**
 * Temporal noise of one stream: what differs from picture to picture where nothing moves, be it grain, sensor noise or the
 * flicker of compression. From it follows how far windows may differ before that means anything.
 *
 * <p>Of at most 512 luma windows spread over the picture it takes those that changed a little, and of their mean absolute
 * difference the part that cancels out in squares of 4x4 samples: noise does, motion and changing light mostly do not. The
 * median over the windows is smoothed over the pictures. A picture in which most of what changed changed a lot, or hardly
 * anything changed, says nothing. Starts at no noise; depends on nothing but the pictures since. One thread.
 */
public final class NoiseEstimate {
    private static final int MOST_WINDOWS = 512;
    private static final int FEWEST_WINDOWS = 24;
    private static final int SIDE = WindowGrid.WINDOW;
    private static final int SAMPLES = SIDE * SIDE;
    private static final int SQUARE = 4;
    /** Greatest mean and greatest single difference of a window that changed a little, in codes at 8 bits. */
    private static final int LITTLE = 4;

    private static final int LITTLE_PEAK = 24;
    /** Of independent noise, the part of the absolute difference that cancels out in a square of 16 samples. */
    private static final double CANCELLED = 0.75;

    private static final double SMOOTHING = 1 / 8.0;
    /** Windows of noise alone, with chroma of 16 samples, scatter around its mean by mostly less than this. */
    private static final double MARGIN = 1.5;

    private static final double LEAST_MEAN = 1.5;
    private static final double MOST_MEAN = 2.5;
    private static final double LEAST_MAX = 12;
    private static final double MOST_MAX = 16;

    private static final double UNCHANGED = -1;
    private static final double MUCH_CHANGED = -2;

    private final int bytesPerSample;
    private final int scale;
    /** Left and top edges of the windows looked at. */
    private final int[] lefts;

    private final int[] tops;
    private final short[] previous;
    private final double[] noises;
    private boolean started;
    /** Mean absolute difference of two successive pictures that is noise, in codes at 8 bits. */
    private double noise;

    public NoiseEstimate(FrameFormat format) {
        bytesPerSample = format.layout().bytesPerSample();
        scale = 1 << (format.layout().depth() - 8);
        int columns = format.width() / SIDE;
        int windows = columns * (format.height() / SIDE);
        int count = Math.min(windows, MOST_WINDOWS);
        lefts = new int[count];
        tops = new int[count];
        for (int i = 0; i < count; i++) {
            int window = (int) ((long) i * windows / count);
            // Staggered, so that no regular step meets one column only.
            lefts[i] = (window + 5 * i) % columns * SIDE;
            tops[i] = window / columns * SIDE;
        }
        previous = new short[count * SAMPLES];
        noises = new double[count];
    }

    /**
     * Looks at the next picture.
     *
     * @param frame borrowed
     */
    public void next(VideoFrame frame) {
        Plane luma = frame.plane(frame.format().layout().lumaPlane());
        int little = 0;
        int changed = 0;
        for (int w = 0; w < lefts.length; w++) {
            double noiseOfWindow = exchange(luma, w);
            changed += noiseOfWindow == UNCHANGED ? 0 : 1;
            if (noiseOfWindow >= 0) {
                noises[little++] = noiseOfWindow;
            }
        }
        if (started && little >= FEWEST_WINDOWS && 2 * little > changed) {
            Arrays.sort(noises, 0, little);
            noise += (noises[little / 2] - noise) * SMOOTHING;
        }
        started = true;
    }

    /** How far a window may be off: mean 1.5 and maximum 12 codes while there is little noise, at most 2.5 and 16. */
    public Tolerance tolerance() {
        double mean = Math.min(Math.max(MARGIN * noise, LEAST_MEAN), MOST_MEAN);
        double share = (mean - LEAST_MEAN) / (MOST_MEAN - LEAST_MEAN);
        return new Tolerance(mean, LEAST_MAX + share * (MOST_MAX - LEAST_MAX));
    }

    /** Keeps a window's samples; its noise against those kept before, or why there is none. */
    private double exchange(Plane luma, int window) {
        int sum = 0;
        int peak = 0;
        int lasting = 0;
        for (int square = 0; square < SAMPLES / (SQUARE * SQUARE); square++) {
            int left = lefts[window] + square % 2 * SQUARE;
            int top = tops[window] + square / 2 * SQUARE;
            int kept = window * SAMPLES + square * SQUARE * SQUARE;
            int signed = 0;
            for (int y = top; y < top + SQUARE; y++) {
                for (int x = left; x < left + SQUARE; x++) {
                    int sample = sample(luma, x, y);
                    int difference = sample - (previous[kept] & 0xffff);
                    previous[kept++] = (short) sample;
                    signed += difference;
                    sum += Math.abs(difference);
                    peak = Math.max(peak, Math.abs(difference));
                }
            }
            lasting += Math.abs(signed);
        }
        if (sum == 0) {
            return UNCHANGED;
        }
        if (sum > LITTLE * SAMPLES * scale || peak > LITTLE_PEAK * scale) {
            return MUCH_CHANGED;
        }
        return (sum - lasting) / (CANCELLED * SAMPLES * scale);
    }

    private int sample(Plane luma, int x, int y) {
        int row = y * luma.stride();
        return bytesPerSample == 1
                ? luma.data().get(row + x) & 0xff
                : luma.data().getShort(row + 2 * x) & 0xffff;
    }
}
