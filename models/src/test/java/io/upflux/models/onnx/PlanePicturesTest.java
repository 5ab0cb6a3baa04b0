package io.upflux.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.ColourSpec.ChromaSiting;
import io.upflux.frame.ColourSpec.Range;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Plane;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import io.upflux.models.onnx.Execution.Gpu;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.FrameSource;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.TileBatch;
import io.upflux.pipeline.UpscalePipeline;
import io.upflux.reuse.ReuseMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;

/** Networks that convert colour themselves, through the whole chain, against the same ones fed with samples. */
@Timeout(120)
class PlanePicturesTest {
    private static final int FRAMES = 4;

    private final Said said = new Said();
    private long before;

    @BeforeEach
    void count() {
        before = NativeScope.allocated();
    }

    @AfterEach
    void allMemoryIsFreed() {
        assertThat(NativeScope.allocated()).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({
        "8, 1, 1, LEFT, LIMITED",
        "8, 1, 1, CENTER, FULL",
        "8, 1, 1, TOP_LEFT, LIMITED",
        "8, 1, 1, BOTTOM, LIMITED",
        "10, 1, 1, LEFT, LIMITED",
        "8, 1, 0, LEFT, LIMITED",
        "8, 0, 1, LEFT, FULL",
        "12, 0, 0, LEFT, LIMITED"
    })
    void makeThePicturesOfSamples(int depth, int shiftX, int shiftY, ChromaSiting siting, Range range) {
        ColourSpec colour = new ColourSpec(2, 2, ColourSpec.UNSPECIFIED, range, siting);
        FrameFormat format = format(83, 61, PixelLayout.yuv(depth, shiftX, shiftY), colour);
        // Tiles whose edges lie inside the picture; exact but for what is rounded the other way.
        byte[] tiled = TestModels.blur(2, 3, 1, 40, 40).build();
        agree(() -> open(tiled), format, UnaryOperator.identity(), ReuseMode.OFF);
    }

    @Test
    void goToOtherPlanesThanTheyCameFrom() {
        FrameFormat format = format(64, 48, PixelLayout.yuv(10, 1, 0), ColourSpec.UNKNOWN_LIMITED);
        ColourSpec wide = new ColourSpec(1, 1, ColourSpec.BT709, Range.FULL, ChromaSiting.CENTER);
        agree(
                () -> open(TestModels.nearest(2).build()),
                format,
                to -> to.withLayout(PixelLayout.YUV420P).withColour(wide),
                ReuseMode.OFF);
    }

    @Test
    void alphaGoesItsOwnWay() {
        FrameFormat format = format(33, 25, PixelLayout.YUV420P.withAlpha(true), ColourSpec.UNKNOWN_LIMITED);
        agree(() -> open(TestModels.nearest(2).build()), format, UnaryOperator.identity(), ReuseMode.OFF);
    }

    @ParameterizedTest
    @CsvSource({"1, byte", "10, unit", "10, byte"})
    void networksOfOtherSamplesAreFedWithTheirs(int type, String range) {
        byte[] model = TestModels.nearest(3, 2, type, "n", "h", "w")
                .metadata("upflux.range", range)
                .build();
        FrameFormat format = format(64, 48, PixelLayout.YUV420P, ColourSpec.UNKNOWN_LIMITED);
        agree(() -> open(model), format, UnaryOperator.identity(), ReuseMode.OFF);
    }

    /** In two stages, with a context, in halves, and where the squares that changed are samples beside tiles of planes. */
    @ParameterizedTest
    @CsvSource({
        "plain-s-x2, false, EXACT",
        "plain-m-x2, true, OFF",
        "adaformer-v-s-x2, false, EXACT",
        "esc-s-x2, false, NEAR",
        "agileir-s-x4, false, OFF"
    })
    void bundledNetworksMakeThePicturesOfSamples(String name, boolean half, ReuseMode mode) {
        FrameFormat format = format(150, 118, PixelLayout.YUV420P, ColourSpec.UNKNOWN_LIMITED);
        agree(() -> open(name, half, OptionalDouble.empty()), format, UnaryOperator.identity(), mode);
    }

    @Test
    void windowsHaltAsWithSamples() {
        FrameFormat format = format(96, 80, PixelLayout.YUV420P, ColourSpec.UNKNOWN_LIMITED);
        OptionalDouble early = OptionalDouble.of(0.5);
        agree(() -> open("adaformer-s-x2", false, early), format, UnaryOperator.identity(), ReuseMode.OFF);
    }

    @Test
    void oneSessionServesAllColoursOfALayout() {
        TileShape shape = new TileShape(1, 32, 32);
        FrameFormat one = format(32, 32, PixelLayout.YUV420P, ColourSpec.UNKNOWN_LIMITED);
        FrameFormat other = one.withColour(new ColourSpec(9, 14, 9, Range.FULL, ChromaSiting.TOP_LEFT));
        try (OnnxResolver resolver = converting(open(TestModels.nearest(1).build()));
                TileBatch first = resolver.newBatch(shape, one, one);
                TileBatch second = resolver.newBatch(shape, other, other)) {
            assertThat(first.planes()).isNotNull();
            assertThat(second.planes()).isNotNull();
            int sessions = resolver.openSessions();
            try (TileBatch samples = resolver.newBatch(shape)) {
                assertThat(samples.planes()).isNull();
                assertThat(resolver.openSessions()).isEqualTo(sessions + 1);
            }
        }
    }

    @Test
    void whatIsNoNumberIsFoundOut() {
        OnnxBuilder model = new OnnxBuilder()
                .input("lr", OnnxBuilder.FLOAT, "n", 3, "h", "w")
                .output("hr", OnnxBuilder.FLOAT, "n", 3, "h", "w")
                .floats("half", new float[] {0.5f}, 1)
                .node("Add", "lr half", "sum", Map.of())
                // Of the picture that the device is checked with these are numbers, of code 0 in all planes they are
                // not.
                .node("Log", "sum", "hr", Map.of());
        FrameFormat format = format(64, 64, PixelLayout.YUV420P, ColourSpec.UNKNOWN_LIMITED);
        try (OnnxResolver resolver =
                converting(open(TestModels.declare(model, 1, 0).build()))) {
            assertThatThrownBy(() -> run(resolver, new Noise(format, 0), UnaryOperator.identity(), ReuseMode.OFF))
                    .isInstanceOf(StreamException.class)
                    .hasMessageContaining("no numbers in the picture at PTS 0");
        }
    }

    private interface Opener {
        SuperResolver open();
    }

    private void agree(Opener opener, FrameFormat format, UnaryOperator<FrameFormat> wanted, ReuseMode mode) {
        List<int[]> expected;
        try (SuperResolver resolver = opener.open()) {
            assertThat(resolver.takesPlanes(format, format)).isFalse();
            expected = run(resolver, new Noise(format, 90), wanted, mode);
        }
        List<int[]> made;
        try (OnnxResolver resolver = converting(opener.open())) {
            assertThat(resolver.takesPlanes(format, format)).isTrue();
            made = run(resolver, new Noise(format, 90), wanted, mode);
        }
        assertThat(made).hasSize(FRAMES);
        for (int i = 0; i < FRAMES; i++) {
            int[] own = made.get(i);
            int[] other = expected.get(i);
            assertThat(own).hasSameSizeAs(other);
            int worst = 0;
            long sum = 0;
            for (int j = 0; j < own.length; j++) {
                int difference = Math.abs(own[j] - other[j]);
                worst = Math.max(worst, difference);
                sum += difference;
            }
            assertThat(worst).as("frame %s", i).isLessThanOrEqualTo(1);
            assertThat((double) sum / own.length)
                    .as("of samples that are rounded the other way")
                    .isLessThan(0.01);
        }
    }

    private OnnxResolver converting(SuperResolver resolver) {
        OnnxResolver own = (OnnxResolver) resolver;
        own.convertPlanes(said);
        assertThat(said.warnings).isEmpty();
        return own;
    }

    private static SuperResolver open(byte[] model) {
        return open(ModelFiles.alone(OnnxFile.of("test.onnx", model)), OptionalDouble.empty());
    }

    private static SuperResolver open(String name, boolean half, OptionalDouble threshold) {
        return open(half ? HalfGraphTest.halved(name) : NamedModels.files(name), threshold);
    }

    private static SuperResolver open(ModelFiles files, OptionalDouble threshold) {
        Contract contract = OnnxResolver.inspect(files, false, Notices.none());
        Execution cpu = new Execution(Gpu.NEVER, 0, 2);
        return OnnxResolver.open(files, "test", contract, cpu, threshold, Notices.none());
    }

    private static FrameFormat format(int width, int height, PixelLayout layout, ColourSpec colour) {
        return new FrameFormat(width, height, layout, colour, Rational.ONE, new Rational(1, 25), new Rational(25, 1));
    }

    private static List<int[]> run(
            SuperResolver resolver, FrameSource source, UnaryOperator<FrameFormat> wanted, ReuseMode mode) {
        List<int[]> frames = new ArrayList<>();
        UpscalePipeline pipeline =
                UpscalePipeline.of(source, resolver, new Codes(frames, wanted)).reuse(mode, map -> {});
        pipeline.run().blockLast();
        assertThat(pipeline.lostBuffers()).isZero();
        return frames;
    }

    /** Noise that changes in one corner. @param base least code of 8 bits; black for 0 */
    private record Noise(FrameFormat format, int base) implements FrameSource {
        @Override
        public long estimatedFrames() {
            return FRAMES;
        }

        @Override
        public Flux<VideoFrame> frames(NativeScope scope) {
            return Flux.range(0, FRAMES).map(i -> frame(scope, i));
        }

        private VideoFrame frame(NativeScope scope, int index) {
            VideoFrame frame = scope.frame(format, index, 1);
            int bytes = format.layout().bytesPerSample();
            int unit = 1 << (format.layout().depth() - 8);
            for (Plane plane : frame.planes()) {
                Random fixed = new Random(5);
                Random moving = new Random(index);
                for (int y = 0; y < plane.height(); y++) {
                    for (int x = 0; x < plane.width(); x++) {
                        boolean corner = x > plane.width() / 2 && y > plane.height() / 2;
                        int step = (corner ? moving : fixed).nextInt(80 * unit);
                        int code = base == 0 ? 0 : base * unit + step;
                        if (bytes == 1) {
                            plane.data().put(y * plane.stride() + x, (byte) code);
                        } else {
                            plane.data().putShort(y * plane.stride() + 2 * x, (short) code);
                        }
                    }
                }
            }
            return frame;
        }

        @Override
        public void interrupt() {}

        @Override
        public void close() {}
    }

    /** Keeps all planes. */
    private record Codes(List<int[]> frames, UnaryOperator<FrameFormat> wanted) implements FrameSink {
        @Override
        public FrameFormat open(FrameFormat offered) {
            return wanted.apply(offered);
        }

        @Override
        public void write(VideoFrame frame) {
            try (frame) {
                boolean wide = frame.format().layout().bytesPerSample() == 2;
                int[] codes = new int
                        [frame.planes().stream()
                                .mapToInt(plane -> plane.width() * plane.height())
                                .sum()];
                int at = 0;
                for (Plane plane : frame.planes()) {
                    for (int y = 0; y < plane.height(); y++) {
                        for (int x = 0; x < plane.width(); x++) {
                            codes[at++] = (wide
                                    ? plane.data().getShort(y * plane.stride() + 2 * x)
                                    : plane.data().get(y * plane.stride() + x) & 0xff);
                        }
                    }
                }
                frames.add(codes);
            }
        }

        @Override
        public void finish() {}

        @Override
        public void interrupt() {}

        @Override
        public void close() {}
    }
}
