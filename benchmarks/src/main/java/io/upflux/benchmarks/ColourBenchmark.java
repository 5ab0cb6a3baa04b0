package io.upflux.benchmarks;

import io.upflux.buffer.NativeBuffer;
import io.upflux.buffer.NativeScope;
import io.upflux.colour.TileReader;
import io.upflux.colour.TileWriter;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameCopy;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import java.nio.FloatBuffer;
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

/** Planes to network samples and back for one 1280x720 picture. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH fills the state before it runs a benchmark.
public class ColourBenchmark {
    private static final int WIDTH = 1280;
    private static final int HEIGHT = 720;

    @Param({"8", "10"})
    int depth;

    private NativeScope scope;
    private VideoFrame frame;
    private VideoFrame target;
    private NativeBuffer memory;
    private FloatBuffer samples;
    private TileReader reader;
    private TileWriter writer;

    @Setup
    public void setUp() {
        FrameFormat format = new FrameFormat(
                WIDTH,
                HEIGHT,
                PixelLayout.yuv(depth, 1, 1),
                ColourSpec.UNKNOWN_LIMITED,
                Rational.ONE,
                new Rational(1, 25),
                new Rational(25, 1));
        scope = new NativeScope();
        frame = scope.frame(format, 0, 0);
        target = scope.frame(format, 0, 0);
        memory = scope.allocate(4 * 3 * WIDTH * HEIGHT);
        samples = memory.bytes().asFloatBuffer();
        reader = new TileReader(format, 3);
        writer = new TileWriter(format, 3, HEIGHT);
    }

    @TearDown
    public void tearDown() {
        frame.close();
        target.close();
        memory.release();
        scope.close();
    }

    @Benchmark
    public FloatBuffer planesToSamples() {
        reader.read(frame, 0, 0, WIDTH, HEIGHT, samples, 0);
        return samples;
    }

    @Benchmark
    public VideoFrame samplesToPlanes() {
        writer.write(new TileWriter.Samples(samples, 0, WIDTH, HEIGHT, 0, 0), 0, 0, WIDTH, HEIGHT, target);
        return target;
    }

    /** All that is left where a device converts colour. */
    @Benchmark
    public VideoFrame planesToTile() {
        FrameCopy.fill(frame, 0, 0, target);
        return target;
    }

    @Benchmark
    public VideoFrame tileToPlanes() {
        FrameCopy.put(frame, 0, 0, WIDTH, HEIGHT, target, 0, 0);
        return target;
    }

    @Benchmark
    public VideoFrame plainCopy() {
        for (int p = 0; p < 3; p++) {
            target.plane(p)
                    .data()
                    .put(0, frame.plane(p).data(), 0, frame.plane(p).data().capacity());
        }
        return target;
    }
}
