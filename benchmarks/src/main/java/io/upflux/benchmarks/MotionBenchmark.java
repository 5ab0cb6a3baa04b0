package io.upflux.benchmarks;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Plane;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import io.upflux.reuse.BlockMatch;
import io.upflux.reuse.NoiseEstimate;
import io.upflux.reuse.Origins;
import io.upflux.reuse.SceneCut;
import io.upflux.reuse.Tolerance;
import io.upflux.reuse.WindowGrid;
import java.util.BitSet;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What looks at successive 640x360 pictures as a whole: all of their windows' motion, scene cuts and noise. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 8, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH fills the state before it runs a benchmark.
public class MotionBenchmark {
    /** What every other picture shows. */
    public enum Content {
        /** The same, moved to and fro. */
        PAN,
        /** Something else. */
        OTHER
    }

    private static final int WIDTH = 640;
    private static final int HEIGHT = 360;

    @Param
    Content content;

    private NativeScope scope;
    private VideoFrame[] pictures;
    private BlockMatch match;
    private SceneCut cut;
    private NoiseEstimate noise;
    private Origins origins;
    private BitSet windows;
    private int next;

    @Setup
    public void setUp() {
        FrameFormat format = new FrameFormat(
                WIDTH,
                HEIGHT,
                PixelLayout.YUV420P,
                ColourSpec.UNKNOWN_LIMITED,
                Rational.ONE,
                new Rational(1, 25),
                new Rational(25, 1));
        scope = new NativeScope();
        pictures = new VideoFrame[] {scope.frame(format, 0, 0), scope.frame(format, 1, 0)};
        paint(pictures[0].plane(0), 1, 0, 0);
        paint(pictures[1].plane(0), content == Content.PAN ? 1 : 2, 7, 3);
        match = new BlockMatch(format);
        cut = new SceneCut(format);
        noise = new NoiseEstimate(format);
        origins = new Origins(WindowGrid.of(format));
        windows = new BitSet();
        windows.set(0, origins.grid().windows());
    }

    /** Waves of random directions and lengths. */
    private static void paint(Plane plane, long seed, int dx, int dy) {
        Random random = new Random(seed);
        double[] waves = random.doubles(60, -0.5, 0.5).toArray();
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                double sum = 0;
                for (int i = 0; i < waves.length; i += 3) {
                    sum += Math.sin(waves[i] * (x + dx) + waves[i + 1] * (y + dy) + 6 * waves[i + 2]);
                }
                plane.data().put(y * plane.stride() + x, (byte) Math.min(Math.max(128 + 20 * sum, 16), 235));
            }
        }
    }

    @TearDown
    public void tearDown() {
        pictures[0].close();
        pictures[1].close();
        scope.close();
    }

    @Benchmark
    public Origins origins() {
        match.next(picture(), windows, origins);
        return origins;
    }

    @Benchmark
    public boolean sceneCut() {
        return cut.next(picture());
    }

    @Benchmark
    public Tolerance noise() {
        noise.next(picture());
        return noise.tolerance();
    }

    private VideoFrame picture() {
        next ^= 1;
        return pictures[next];
    }
}
