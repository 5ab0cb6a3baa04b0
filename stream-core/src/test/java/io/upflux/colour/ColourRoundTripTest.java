package io.upflux.colour;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.ColourSpec.ChromaSiting;
import io.upflux.frame.ColourSpec.Range;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.PixelLayout.Family;
import io.upflux.frame.TestFrames;
import io.upflux.frame.VideoFrame;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reading a frame as network samples and writing them back changes no code value by more than one. */
class ColourRoundTripTest {
    static List<FrameFormat> formats() {
        List<FrameFormat> all = new ArrayList<>();
        int[][] shifts = {{0, 0}, {1, 0}, {1, 1}, {0, 1}, {2, 0}, {2, 2}};
        int[] matrices = {ColourSpec.BT709, ColourSpec.MATRIX_SMPTE170M, ColourSpec.MATRIX_BT2020_NCL, 8};
        int[][] sizes = {{32, 16}, {7, 5}, {1, 1}, {33, 18}, {2, 3}};
        for (int[] size : sizes) {
            for (Range range : Range.values()) {
                for (int depth : new int[] {8, 10, 12, 16}) {
                    for (int[] shift : shifts) {
                        for (ChromaSiting siting : ChromaSiting.values()) {
                            int matrix = matrices[(depth + siting.ordinal()) % matrices.length];
                            all.add(TestFrames.format(
                                    size[0],
                                    size[1],
                                    PixelLayout.yuv(depth, shift[0], shift[1]),
                                    new ColourSpec(2, 2, matrix, range, siting)));
                        }
                    }
                    ColourSpec plain = new ColourSpec(2, 2, 2, range, ChromaSiting.UNSPECIFIED);
                    all.add(TestFrames.format(
                            size[0], size[1], new PixelLayout(Family.GRAY, depth, 0, 0, false), plain));
                    all.add(TestFrames.format(
                            size[0], size[1], new PixelLayout(Family.RGB, depth, 0, 0, false), ColourSpec.SRGB));
                }
            }
        }
        return all;
    }

    @Test
    void identityIsWithinOneCodeValueForEveryLayout() {
        for (FrameFormat format : formats()) {
            try (NativeScope scope = new NativeScope();
                    VideoFrame frame = TestFrames.random(scope, format, 0, 7);
                    VideoFrame back = throughSamples(scope, frame, format)) {
                assertThat(TestFrames.distance(frame, back)).as("%s", format).isLessThanOrEqualTo(1);
            }
        }
    }

    @Test
    void codesOutsideTheNominalRangePass() {
        FrameFormat format =
                TestFrames.format(8, 2, PixelLayout.YUV420P, new ColourSpec(1, 1, 1, Range.LIMITED, ChromaSiting.LEFT));
        try (NativeScope scope = new NativeScope();
                VideoFrame frame = TestFrames.random(scope, format, 0, 1)) {
            for (int x = 0; x < 8; x++) {
                TestFrames.set(frame, 0, x, 0, x < 4 ? 2 : 253);
                TestFrames.set(frame, 0, x, 1, x < 4 ? 2 : 253);
            }
            try (VideoFrame back = throughSamples(scope, frame, format)) {
                assertThat(TestFrames.distance(frame, back)).isLessThanOrEqualTo(1);
            }
        }
    }

    @Test
    void limitedBt709RedIsRed() {
        // ITU-R BT.709 8 bit limited range: R'G'B' (1, 0, 0) is Y' 63, Cb 102, Cr 240.
        FrameFormat format = TestFrames.format(
                2, 2, PixelLayout.yuv(8, 0, 0), new ColourSpec(1, 1, 1, Range.LIMITED, ChromaSiting.LEFT));
        float[] rgb = rgbOf(format, 63, 102, 240);
        assertThat(rgb[0]).isBetween(0.99f, 1.01f);
        assertThat(rgb[1]).isBetween(-0.01f, 0.01f);
        assertThat(rgb[2]).isBetween(-0.01f, 0.01f);
    }

    @Test
    void fullRangeBt601GreenIsGreen() {
        // JFIF: Y = 0.587 * 255 = 149.7, Cb = 128 - 0.331264 * 255 = 43.5, Cr = 128 - 0.418688 * 255 = 21.2.
        FrameFormat format = TestFrames.format(
                2, 2, PixelLayout.yuv(8, 0, 0), new ColourSpec(2, 2, 6, Range.FULL, ChromaSiting.CENTER));
        float[] rgb = rgbOf(format, 150, 44, 21);
        assertThat(rgb[0]).isBetween(-0.01f, 0.01f);
        assertThat(rgb[1]).isBetween(0.99f, 1.01f);
        assertThat(rgb[2]).isBetween(-0.01f, 0.01f);
    }

    @Test
    void unstatedMatrixFollowsTheSourceHeightOnBothSides() {
        FrameFormat source = TestFrames.yuv420(4, 4);
        FrameFormat target = source.withSize(4, 4);
        try (NativeScope scope = new NativeScope();
                VideoFrame frame = TestFrames.random(scope, source, 0, 3);
                VideoFrame back = throughSamples(scope, frame, target)) {
            assertThat(TestFrames.distance(frame, back)).isLessThanOrEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("filters")
    void downsamplingUndoesUpsampling(ChromaFilter filter) {
        for (int chroma = 1; chroma < 12; chroma++) {
            int luma = chroma << filter.shift();
            float[] source = new float[chroma + 4];
            Random random = new Random(chroma);
            for (int i = 0; i < chroma; i++) {
                source[1 + i] = random.nextFloat();
            }
            source[0] = source[1];
            Arrays.fill(source, chroma + 1, source.length, source[chroma]);
            float[] up = new float[luma];
            filter.upRow(source, up, luma);
            float[] padded = new float[luma + 8];
            for (int i = 0; i < padded.length; i++) {
                padded[i] = up[Math.min(Math.max(i - ChromaFilter.REACH, 0), luma - 1)];
            }
            float[] down = new float[luma];
            filter.downRow(padded, new float[luma], down, chroma);
            for (int i = 0; i < chroma; i++) {
                assertThat(down[i])
                        .as("%s sample %d of %d", filter, i, chroma)
                        .isCloseTo(source[1 + i], Offset.offset(1e-5f));
            }
        }
    }

    static ChromaFilter[] filters() {
        return ChromaFilter.values();
    }

    private static float[] rgbOf(FrameFormat format, int y, int cb, int cr) {
        try (NativeScope scope = new NativeScope();
                VideoFrame frame = scope.frame(format, 0, 0)) {
            for (int i = 0; i < 4; i++) {
                TestFrames.set(frame, 0, i & 1, i >> 1, y);
                TestFrames.set(frame, 1, i & 1, i >> 1, cb);
                TestFrames.set(frame, 2, i & 1, i >> 1, cr);
            }
            FloatBuffer samples = floats(12);
            new TileReader(format, 3).read(frame, 0, 0, 2, 2, samples, 0);
            return new float[] {samples.get(0), samples.get(4), samples.get(8)};
        }
    }

    private static VideoFrame throughSamples(NativeScope scope, VideoFrame frame, FrameFormat to) {
        FrameFormat from = frame.format();
        int width = (from.width() + 3) & ~3;
        int height = (from.height() + 3) & ~3;
        FloatBuffer samples = floats(3 * width * height);
        new TileReader(from, 3).read(frame, 0, 0, width, height, samples, 0);
        VideoFrame back = scope.frame(to, frame.pts(), frame.duration());
        new TileWriter(to, 3, from.height())
                .write(new TileWriter.Samples(samples, 0, width, height, 0, 0), 0, 0, width, height, back);
        return back;
    }

    private static FloatBuffer floats(int n) {
        return ByteBuffer.allocateDirect(4 * n).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }
}
