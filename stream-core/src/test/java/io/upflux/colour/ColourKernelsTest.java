package io.upflux.colour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.upflux.buffer.NativeScope;
import io.upflux.colour.ColourKernels.Reading;
import io.upflux.colour.ColourKernels.Taps;
import io.upflux.colour.ColourKernels.Writing;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.ColourSpec.ChromaSiting;
import io.upflux.frame.ColourSpec.Range;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Plane;
import io.upflux.frame.TestFrames;
import io.upflux.frame.VideoFrame;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against the classes whose arithmetic they are, by convolutions that are written down as their definition. */
class ColourKernelsTest {
    private static final int WIDTH = 14;
    private static final int HEIGHT = 10;

    private final NativeScope scope = new NativeScope();
    private final Random random = new Random(7);

    @AfterEach
    void everythingIsReleased() {
        assertThat(scope.reclaim()).isZero();
    }

    static Stream<FrameFormat> formats() {
        List<FrameFormat> formats = new ArrayList<>();
        for (int shifts = 0; shifts < 4; shifts++) {
            for (ChromaSiting siting : ChromaSiting.values()) {
                for (int depth : new int[] {8, 10}) {
                    Range range = Range.values()[(shifts + depth / 2) % 2];
                    int matrix = depth == 8 ? ColourSpec.UNSPECIFIED : ColourSpec.MATRIX_BT2020_NCL;
                    ColourSpec colour = new ColourSpec(2, 2, matrix, range, siting);
                    PixelLayout layout = PixelLayout.yuv(depth, shifts & 1, shifts >> 1);
                    formats.add(TestFrames.format(WIDTH, HEIGHT, layout, colour));
                }
            }
        }
        return formats.stream();
    }

    @ParameterizedTest
    @MethodSource("formats")
    void readAsTheReader(FrameFormat format) {
        VideoFrame frame = TestFrames.random(scope, format, 0, 3);
        FloatBuffer expected = FloatBuffer.allocate(3 * WIDTH * HEIGHT);
        new TileReader(format, 3).read(frame, 0, 0, WIDTH, HEIGHT, expected, 0);
        float white = 255;
        Reading reading = ColourKernels.of(format, format, white).reading();
        for (int c = 0; c < 3; c++) {
            for (int y = 0; y < HEIGHT; y++) {
                for (int x = 0; x < WIDTH; x++) {
                    assertThat(sample(frame, reading, c, x, y))
                            .as("%s: sample %s of %s, %s", format, c, x, y)
                            .isCloseTo(white * expected.get((c * HEIGHT + y) * WIDTH + x), within(2e-4f));
                }
            }
        }
        frame.close();
    }

    private static float sample(VideoFrame frame, Reading reading, int c, int x, int y) {
        PixelLayout layout = frame.format().layout();
        int shiftX = layout.chromaShiftX();
        int shiftY = layout.chromaShiftY();
        int output = (c << shiftX + shiftY) + ((y & (1 << shiftY) - 1) << shiftX) + (x & (1 << shiftX) - 1);
        Taps taps = reading.taps();
        float sum = reading.bias()[output] + reading.lumaGain() * code(frame, 0, x, y);
        for (int plane = 0; plane < 2; plane++) {
            for (int j = 0; j < taps.down(); j++) {
                for (int i = 0; i < taps.across(); i++) {
                    int code =
                            code(frame, 1 + plane, (x >> shiftX) + i - taps.before(), (y >> shiftY) + j - taps.above());
                    sum += reading.weights()[((output * 2 + plane) * taps.down() + j) * taps.across() + i]
                            * (code - reading.middle());
                }
            }
        }
        return sum;
    }

    @ParameterizedTest
    @MethodSource("formats")
    void writeAsTheWriter(FrameFormat format) {
        FloatBuffer samples = FloatBuffer.allocate(3 * WIDTH * HEIGHT);
        for (int i = 0; i < samples.capacity(); i++) {
            samples.put(i, -0.1f + 1.2f * random.nextFloat());
        }
        VideoFrame expected = scope.frame(format, 0, 0);
        new TileWriter(format, 3, HEIGHT)
                .write(new TileWriter.Samples(samples, 0, WIDTH, HEIGHT, 0, 0), 0, 0, WIDTH, HEIGHT, expected);
        Writing writing = ColourKernels.of(format, format, 1).writing();
        for (int p = 0; p < 3; p++) {
            Plane plane = expected.plane(p);
            for (int y = 0; y < plane.height(); y++) {
                for (int x = 0; x < plane.width(); x++) {
                    float exact = p == 0
                            ? luma(samples, writing, x, y)
                            : chroma(samples, writing, format.layout(), p - 1, x, y);
                    float clipped = Math.max(0, Math.min(writing.maxCode(), exact));
                    assertThat(clipped)
                            .as("%s: plane %s of %s, %s", format, p, x, y)
                            .isCloseTo(code(expected, p, x, y), within(0.501f));
                }
            }
        }
        expected.close();
    }

    private static float luma(FloatBuffer samples, Writing writing, int x, int y) {
        float sum = writing.lumaBias();
        for (int c = 0; c < 3; c++) {
            sum += writing.lumaWeights()[c] * at(samples, c, x, y);
        }
        return sum;
    }

    private static float chroma(FloatBuffer samples, Writing writing, PixelLayout layout, int plane, int x, int y) {
        Taps taps = writing.taps();
        float sum = writing.chromaBias();
        for (int c = 0; c < 3; c++) {
            for (int j = 0; j < taps.down(); j++) {
                for (int i = 0; i < taps.across(); i++) {
                    sum += writing.chromaWeights()[((plane * 3 + c) * taps.down() + j) * taps.across() + i]
                            * at(
                                    samples,
                                    c,
                                    (x << layout.chromaShiftX()) + i - taps.before(),
                                    (y << layout.chromaShiftY()) + j - taps.above());
                }
            }
        }
        return sum;
    }

    /** The edge repeats. */
    private static float at(FloatBuffer samples, int c, int x, int y) {
        int column = Math.max(0, Math.min(WIDTH - 1, x));
        int row = Math.max(0, Math.min(HEIGHT - 1, y));
        return samples.get((c * HEIGHT + row) * WIDTH + column);
    }

    private static int code(VideoFrame frame, int p, int x, int y) {
        Plane plane = frame.plane(p);
        int column = Math.max(0, Math.min(plane.width() - 1, x));
        int row = Math.max(0, Math.min(plane.height() - 1, y));
        return frame.format().layout().bytesPerSample() == 1
                ? plane.data().get(row * plane.stride() + column) & 0xff
                : plane.data().getShort(row * plane.stride() + 2 * column) & 0xffff;
    }

    @Test
    void areOfThreePlanesOfHalvedChromaAtMost() {
        assertThat(ColourKernels.suits(PixelLayout.YUV420P)).isTrue();
        assertThat(ColourKernels.suits(PixelLayout.yuv(12, 0, 0).withAlpha(true)))
                .isTrue();
        assertThat(ColourKernels.suits(PixelLayout.yuv(16, 1, 1))).isFalse();
        assertThat(ColourKernels.suits(PixelLayout.yuv(8, 2, 0))).isFalse();
        assertThat(ColourKernels.suits(PixelLayout.RGB24)).isFalse();
    }
}
