package io.upflux.benchmarks;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Plane;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import io.upflux.reuse.ChangeDetector;
import io.upflux.reuse.Changes;
import io.upflux.reuse.Tolerance;
import io.upflux.reuse.WindowCopy;
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

/** Finding, and copying, the changed windows of one 1920x1080 picture in 4:2:0. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 8, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH fills the state before it runs a benchmark.
public class ChangeBenchmark {
    /** How the picture differs from its reference. */
    public enum Content {
        UNCHANGED,
        /** Every tenth window at random is other content. */
        TENTH,
        /** Every sample may be off by one. */
        NOISE,
        /** Every window is other content. */
        OTHER
    }

    private static final Tolerance NEAR = new Tolerance(1.5, 12);

    @Param({"8", "10"})
    int depth;

    @Param
    Content content;

    private NativeScope scope;
    private VideoFrame frame;
    private VideoFrame reference;
    private VideoFrame target;
    private ChangeDetector detector;
    private Changes changes;
    private BitSet changed;

    @Setup
    public void setUp() {
        FrameFormat format = new FrameFormat(
                1920,
                1080,
                PixelLayout.yuv(depth, 1, 1),
                ColourSpec.UNKNOWN_LIMITED,
                Rational.ONE,
                new Rational(1, 25),
                new Rational(25, 1));
        scope = new NativeScope();
        frame = scope.frame(format, 0, 0);
        reference = scope.frame(format, 0, 0);
        target = scope.frame(format, 0, 0);
        detector = new ChangeDetector(format);
        changes = new Changes(detector.grid());
        changed = new BitSet();
        Random random = new Random(1);
        for (int w = 0; w < detector.grid().windows(); w++) {
            changed.set(w, content == Content.OTHER || content == Content.TENTH && random.nextInt(10) == 0);
        }
        for (int p = 0; p < 3; p++) {
            fill(p, random);
        }
    }

    private void fill(int p, Random random) {
        Plane plane = frame.plane(p);
        int side = p == 0 ? 8 : 4;
        int columns = detector.grid().columns();
        for (int y = 0; y < plane.height(); y++) {
            for (int x = 0; x < plane.width(); x++) {
                int code = 16 + random.nextInt(200 << depth - 8);
                boolean other = changed.get(y / side * columns + x / side);
                int drift = content == Content.NOISE ? random.nextInt(3) - 1 : 0;
                put(plane, x, y, code);
                put(reference.plane(p), x, y, other ? 16 + random.nextInt(200 << depth - 8) : code + drift);
            }
        }
    }

    private void put(Plane plane, int x, int y, int code) {
        if (depth == 8) {
            plane.data().put(y * plane.stride() + x, (byte) code);
        } else {
            plane.data().putShort(y * plane.stride() + 2 * x, (short) code);
        }
    }

    @TearDown
    public void tearDown() {
        frame.close();
        reference.close();
        target.close();
        scope.close();
    }

    @Benchmark
    public Changes near() {
        detector.compare(frame, reference, NEAR, changes);
        return changes;
    }

    @Benchmark
    public Changes exact() {
        detector.compare(frame, reference, Tolerance.EXACT, changes);
        return changes;
    }

    /** Copies what changed by content; nothing where nothing did. */
    @Benchmark
    public VideoFrame copy() {
        WindowCopy.copy(frame, changed, target);
        return target;
    }
}
