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
import io.upflux.models.onnx.GpuOptions.Planes;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.FrameSource;
import io.upflux.pipeline.FrameUpscaler;
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
import java.util.concurrent.atomic.AtomicReference;
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
    private static final Planes CONVERTING = Planes.ALWAYS;

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
        agree(model(tiled), format, UnaryOperator.identity(), ReuseMode.OFF);
    }

    @Test
    void goToOtherPlanesThanTheyCameFrom() {
        FrameFormat format = format(64, 48, PixelLayout.yuv(10, 1, 0), ColourSpec.UNKNOWN_LIMITED);
        ColourSpec wide = new ColourSpec(1, 1, ColourSpec.BT709, Range.FULL, ChromaSiting.CENTER);
        agree(
                model(TestModels.nearest(2).build()),
                format,
                to -> to.withLayout(PixelLayout.YUV420P).withColour(wide),
                ReuseMode.OFF);
    }

    @Test
    void alphaGoesItsOwnWay() {
        FrameFormat format = format(33, 25, PixelLayout.YUV420P.withAlpha(true), ColourSpec.UNKNOWN_LIMITED);
        agree(model(TestModels.nearest(2).build()), format, UnaryOperator.identity(), ReuseMode.OFF);
    }

    @ParameterizedTest
    @CsvSource({"1, byte", "10, unit", "10, byte"})
    void networksOfOtherSamplesAreFedWithTheirs(int type, String range) {
        byte[] model = TestModels.nearest(3, 2, type, "n", "h", "w")
                .metadata("upflux.range", range)
                .build();
        FrameFormat format = format(64, 48, PixelLayout.YUV420P, ColourSpec.UNKNOWN_LIMITED);
        agree(model(model), format, UnaryOperator.identity(), ReuseMode.OFF);
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
        agree(network(name, half, OptionalDouble.empty()), format, UnaryOperator.identity(), mode);
    }

    @Test
    void windowsHaltAsWithSamples() {
        FrameFormat format = format(96, 80, PixelLayout.YUV420P, ColourSpec.UNKNOWN_LIMITED);
        OptionalDouble early = OptionalDouble.of(0.5);
        agree(network("adaformer-s-x2", false, early), format, UnaryOperator.identity(), ReuseMode.OFF);
    }

    /** A tile has a core as it is, and would have none with room for interpolated chroma. */
    @Test
    void tilesThatAreTooSmallForThemStaySamples() {
        FrameFormat format = format(83, 61, PixelLayout.YUV420P, ColourSpec.UNKNOWN_LIMITED);
        agree(model(TestModels.blur(2, 5, 1, 16, 16).build()), format, UnaryOperator.identity(), ReuseMode.OFF);
    }

    @Test
    void whatDoesNotSuitStaysSamples() {
        FrameFormat format = format(32, 32, PixelLayout.YUV420P, ColourSpec.UNKNOWN_LIMITED);
        OnnxBuilder one = TestModels.nearest(1, 1, OnnxBuilder.FLOAT, "n", "h", "w");
        try (OnnxResolver batches = converting(TestModels.blur(1, 1, 2, 40, 40));
                OnnxResolver odd = converting(TestModels.blur(1, 1, 1, 41, 41));
                OnnxResolver luma = converting(one);
                OnnxResolver free = converting(TestModels.nearest(1))) {
            assertThat(batches.takesPlanes(format, format)).isFalse();
            assertThat(odd.takesPlanes(format, format)).isFalse();
            assertThat(luma.takesPlanes(format, format)).isFalse();
            for (PixelLayout layout : List.of(PixelLayout.RGB24, PixelLayout.yuv(16, 1, 1), PixelLayout.yuv(8, 2, 0))) {
                assertThat(free.takesPlanes(format.withLayout(layout), format))
                        .as("%s", layout)
                        .isFalse();
                assertThat(free.takesPlanes(format, format.withLayout(layout)))
                        .as("%s", layout)
                        .isFalse();
            }
            assertThat(free.takesPlanes(format, format)).isTrue();
            try (TileBatch off = free.newBatch(new TileShape(1, 33, 32), format, format)) {
                assertThat(off.planes()).isNull();
            }
        }
        assertThat(said.warnings).isEmpty();
    }

    @Test
    void aDeviceThatDoesItBadlyIsSaidOnceAndLeftAlone() {
        OnnxBuilder model = new OnnxBuilder()
                .input("lr", OnnxBuilder.FLOAT, "n", 3, "h", "w")
                .output("hr", OnnxBuilder.FLOAT, "n", 3, "h", "w")
                .node("Log", "lr", "hr", Map.of());
        FrameFormat format = format(32, 32, PixelLayout.YUV420P, ColourSpec.UNKNOWN_LIMITED);
        try (OnnxResolver resolver = converting(TestModels.declare(model, 1, 0))) {
            for (int i = 0; i < 2; i++) {
                assertThat(resolver.takesPlanes(format, format)).isFalse();
            }
            assertThat(resolver.openSessions()).isZero();
        }
        assertThat(said.warnings).singleElement().asString().startsWith("test: cpu is not used to convert colour");
    }

    /** It is no fault of the device's, and nobody need hear of it. */
    @Test
    void nothingIsTriedAfterTheEnd() {
        FrameFormat format = format(32, 32, PixelLayout.YUV420P, ColourSpec.UNKNOWN_LIMITED);
        OnnxResolver resolver = converting(TestModels.nearest(1));
        resolver.close();
        assertThat(resolver.takesPlanes(format, format)).isFalse();
        assertThat(said.warnings).isEmpty();
    }

    @Test
    void anInterruptedTrialIsMadeAgain() throws InterruptedException {
        FrameFormat format = format(32, 32, PixelLayout.YUV420P, ColourSpec.UNKNOWN_LIMITED);
        try (OnnxResolver resolver =
                network("esc-light-x2", false, OptionalDouble.empty()).open(CONVERTING, said)) {
            AtomicReference<Boolean> first = new AtomicReference<>();
            Thread asking = new Thread(() -> first.set(resolver.takesPlanes(format, format)));
            asking.start();
            while (first.get() == null && asking.isAlive()) {
                resolver.interrupt();
                Thread.sleep(1);
            }
            asking.join();
            assertThat(first.get()).isFalse();
            assertThat(said.warnings).isEmpty();
            assertThat(resolver.takesPlanes(format, format)).isTrue();
        }
    }

    @Test
    void oneSessionServesAllColoursOfALayout() {
        TileShape shape = new TileShape(1, 32, 32);
        FrameFormat one = format(32, 32, PixelLayout.YUV420P, ColourSpec.UNKNOWN_LIMITED);
        FrameFormat other = one.withColour(new ColourSpec(9, 14, 9, Range.FULL, ChromaSiting.TOP_LEFT));
        try (OnnxResolver resolver = converting(TestModels.nearest(1))) {
            assertThat(resolver.takesPlanes(one, one)).isTrue();
            assertThat(resolver.openSessions()).as("of the trial").isZero();
            try (TileBatch first = resolver.newBatch(shape, one, one);
                    TileBatch second = resolver.newBatch(shape, other, other);
                    TileBatch samples = resolver.newBatch(shape)) {
                assertThat(first.planes()).isNotNull();
                assertThat(second.planes()).isNotNull();
                assertThat(samples.planes()).isNull();
                assertThat(resolver.openSessions()).isEqualTo(2);
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
        try (OnnxResolver resolver = converting(TestModels.declare(model, 1, 0))) {
            assertThatThrownBy(() -> run(resolver, new Noise(format, 0), UnaryOperator.identity(), ReuseMode.OFF))
                    .isInstanceOf(StreamException.class)
                    .hasMessageContaining("no numbers in the picture at PTS 0");
        }
    }

    private interface Opener {
        OnnxResolver open(Planes converting, Notices notices);
    }

    private void agree(Opener opener, FrameFormat format, UnaryOperator<FrameFormat> wanted, ReuseMode mode) {
        List<int[]> expected;
        try (OnnxResolver resolver = opener.open(Planes.GPU, said)) {
            assertThat(resolver.takesPlanes(format, format)).isFalse();
            expected = run(resolver, new Noise(format, 90), wanted, mode);
        }
        List<int[]> made;
        try (OnnxResolver resolver = opener.open(CONVERTING, said)) {
            FrameFormat large = wanted.apply(FrameUpscaler.upscaled(format, resolver));
            assertThat(resolver.takesPlanes(format, large)).isTrue();
            made = run(resolver, new Noise(format, 90), wanted, mode);
        }
        assertThat(said.warnings).isEmpty();
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

    private OnnxResolver converting(OnnxBuilder model) {
        return model(model.build()).open(CONVERTING, said);
    }

    private static Opener model(byte[] model) {
        return opener(ModelFiles.alone(OnnxFile.of("test.onnx", model)), OptionalDouble.empty());
    }

    private static Opener network(String name, boolean half, OptionalDouble threshold) {
        return opener(half ? HalfGraphTest.halved(name) : NamedModels.files(name), threshold);
    }

    private static Opener opener(ModelFiles files, OptionalDouble threshold) {
        Contract contract = OnnxResolver.inspect(files, false, Notices.none());
        Execution cpu = new Execution(Gpu.NEVER, 0, 2);
        return (converting, notices) ->
                (OnnxResolver) OnnxResolver.open(files, "test", contract, cpu, threshold, notices, converting);
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
