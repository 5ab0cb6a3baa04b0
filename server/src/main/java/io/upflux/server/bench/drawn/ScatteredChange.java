package io.upflux.server.bench.drawn;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Plane;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSource;
import java.util.Random;
import reactor.core.publisher.Flux;

/**
 * Square windows of texture of which each frame replaces a given number, chosen at random: the pattern to which the cost
 * of computing only what changes can be held. All else stays the same to the bit, so it must not pass through a codec.
 */
public final class ScatteredChange implements FrameSource {
    private final FrameFormat format;
    private final int window;
    private final double share;
    private final int frames;

    /**
     * @param width a multiple of the window
     * @param height likewise
     * @param window side in luma samples, even
     * @param share of the windows that are new in each frame but the first, 0 to 1
     */
    public ScatteredChange(int width, int height, int window, double share, int frames) {
        if (window < 2 || window % 2 != 0 || width % window != 0 || height % window != 0) {
            throw new IllegalArgumentException(
                    "windows of " + window + " do not fill pictures of " + width + "x" + height);
        }
        this.window = window;
        this.share = share;
        this.frames = frames;
        this.format = new FrameFormat(
                width,
                height,
                PixelLayout.YUV420P,
                new ColourSpec(
                        ColourSpec.BT709,
                        ColourSpec.BT709,
                        ColourSpec.BT709,
                        ColourSpec.Range.LIMITED,
                        ColourSpec.ChromaSiting.LEFT),
                Rational.ONE,
                new Rational(1, Scene.FRAME_RATE),
                new Rational(Scene.FRAME_RATE, 1));
    }

    @Override
    public FrameFormat format() {
        return format;
    }

    @Override
    public long estimatedFrames() {
        return frames;
    }

    @Override
    public Flux<VideoFrame> frames(NativeScope scope) {
        return Flux.defer(() -> {
            int columns = format.width() / window;
            int[] seeds = new int[columns * (format.height() / window)];
            Random random = new Random(1);
            return Flux.range(0, frames).map(index -> {
                replace(seeds, index == 0 ? seeds.length : (int) Math.round(share * seeds.length), random);
                VideoFrame frame = scope.frame(format, index, 1);
                for (int i = 0; i < seeds.length; i++) {
                    paint(frame, i % columns * window, i / columns * window, seeds[i]);
                }
                return frame;
            });
        });
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

    @Override
    public void interrupt() {}

    @Override
    public void close() {}
}
