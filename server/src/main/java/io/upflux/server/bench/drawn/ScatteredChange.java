package io.upflux.server.bench.drawn;

import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import java.util.Random;

/**
 * Square windows of texture of which each frame replaces a given number, chosen at random: the pattern to which the cost
 * of computing only what changes can be held. All else stays the same to the bit, so it must not pass through a codec.
 */
public final class ScatteredChange extends DrawnFrames {
    private final int window;
    private final double share;

    /**
     * @param width a multiple of the window
     * @param height likewise
     * @param window side in luma samples, even
     * @param share of the windows that are new in each frame but the first, 0 to 1
     */
    public ScatteredChange(int width, int height, int window, double share, int frames) {
        super(width, height, frames);
        if (window < 2 || window % 2 != 0 || width % window != 0 || height % window != 0) {
            throw new IllegalArgumentException(
                    "windows of " + window + " do not fill pictures of " + width + "x" + height);
        }
        this.window = window;
        this.share = share;
    }

    @Override
    Painter painter() {
        int columns = format().width() / window;
        int[] seeds = new int[columns * (format().height() / window)];
        Random random = new Random(1);
        return (index, frame) -> {
            replace(seeds, index == 0 ? seeds.length : (int) Math.round(share * seeds.length), random);
            for (int i = 0; i < seeds.length; i++) {
                paint(frame, i % columns * window, i / columns * window, seeds[i]);
            }
        };
    }

    /** Gives {@code count} different windows new seeds. */
    private static void replace(int[] seeds, int count, Random random) {
        int[] order = new int[seeds.length];
        for (int i = 0; i < order.length; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        for (int i = 0; i < count; i++) {
            seeds[order[i]] = random.nextInt();
        }
    }

    private void paint(VideoFrame frame, int x, int y, int seed) {
        Random random = new Random(seed);
        double across = random.nextDouble() - 0.5;
        double down = random.nextDouble() - 0.5;
        double phase = 6 * random.nextDouble();
        double mean = 70 + 110 * random.nextDouble();
        for (int p = 0; p < 3; p++) {
            Plane plane = frame.plane(p);
            int shrink = p == 0 ? 1 : 2;
            for (int row = y / shrink; row < (y + window) / shrink; row++) {
                for (int column = x / shrink; column < (x + window) / shrink; column++) {
                    double wave = Math.cos(shrink * (across * column + down * row) + phase + p);
                    double value = p == 0 ? mean + 45 * wave : 128 + 20 * wave;
                    plane.data().put(row * plane.stride() + column, (byte) Math.round(value));
                }
            }
        }
    }
}
