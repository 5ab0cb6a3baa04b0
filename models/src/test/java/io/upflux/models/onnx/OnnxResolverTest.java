package io.upflux.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.TileBatch;
import io.upflux.tile.TilePlan;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.scheduler.Schedulers;

@Timeout(60)
class OnnxResolverTest {
    private static final Execution CPU = new Execution(Execution.Gpu.NEVER, 0, 2);

    @Test
    void fillsThePinnedOutputAsAPlainRunDoes() throws OrtException {
        byte[] model = TestModels.blur(3, 2).build();
        TileShape shape = new TileShape(2, 37, 23);
        try (SuperResolver resolver = open(model);
                TileBatch batch = resolver.newBatch(shape)) {
            float[] input = fill(batch.input(), new Random(1));
            for (int run = 0; run < 3; run++) {
                resolver.upscale(batch, PictureContext.NONE);
            }
            assertThat(read(batch.output())).isEqualTo(plainRun(model, input, 2, 3, 23, 37));
            assertThat(read(batch.input())).isEqualTo(input);
        }
    }

    @Test
    void seesNewInputOfTheSameBatch() {
        try (SuperResolver resolver = open(TestModels.nearest(2).build());
                TileBatch batch = resolver.newBatch(new TileShape(1, 8, 4))) {
            for (float value : new float[] {0.25f, -0.5f, 1.75f}) {
                for (int i = 0; i < batch.input().capacity(); i++) {
                    batch.input().put(i, value);
                }
                resolver.upscale(batch, PictureContext.NONE);
                assertThat(read(batch.output())).containsOnly(value);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1, unit", "3, 10, unit", "3, 1, byte", "1, 10, byte"})
    void convertsSamplesToWhatTheNetworkWants(int channels, int type, String range) {
        byte[] model = TestModels.nearest(channels, 2, type, "n", "h", "w")
                .metadata("upflux.range", range)
                .build();
        try (SuperResolver resolver = open(model);
                TileBatch batch = resolver.newBatch(new TileShape(1, 70, 61))) {
            assertThat(resolver.traits().channels()).isEqualTo(channels);
            float[] input = fill(batch.input(), new Random(2));
            resolver.upscale(batch, PictureContext.NONE);
            float[] output = read(batch.output());
            for (int c = 0; c < channels; c++) {
                for (int y = 0; y < 122; y++) {
                    for (int x = 0; x < 140; x++) {
                        float expected = input[(c * 61 + y / 2) * 70 + x / 2];
                        assertThat(output[(c * 122 + y) * 140 + x])
                                .isCloseTo(expected, offset(type == 10 ? 5e-4f : 1e-6f));
                    }
                }
            }
        }
    }

    @Test
    void feedsANetworkOfRange255WithCodeValues() {
        try (SuperResolver resolver = open(TestModels.bytes(2).build());
                TileBatch batch = resolver.newBatch(new TileShape(1, 2, 1))) {
            float[] samples = {0, 0.5f, 1, 2, 0.25f, 0.75f};
            batch.input().put(0, samples);
            resolver.upscale(batch, PictureContext.NONE);
            // Clipped at 16 and 255 of 255.
            float[] first = {16 / 255f, 16 / 255f, 0.5f, 0.5f};
            for (int i = 0; i < 4; i++) {
                assertThat(batch.output().get(i)).isCloseTo(first[i], offset(1e-6f));
            }
            assertThat(batch.output().get(8 + 2)).isCloseTo(1, offset(1e-6f));
        }
    }

    @Test
    void sharesOneSessionPerShapeAndKeepsFewIdle() {
        try (OnnxResolver resolver = (OnnxResolver) open(TestModels.blur(2, 1).build())) {
            TileShape shape = new TileShape(1, 32, 32);
            TileBatch a = resolver.newBatch(shape);
            TileBatch b = resolver.newBatch(shape);
            assertThat(resolver.openSessions()).isEqualTo(1);
            TileBatch c = resolver.newBatch(new TileShape(1, 16, 32));
            assertThat(resolver.openSessions()).isEqualTo(2);
            a.close();
            b.close();
            c.close();
            assertThat(resolver.openSessions()).isEqualTo(2);
            for (int width = 20; width < 26; width++) {
                resolver.newBatch(new TileShape(1, width, 20)).close();
            }
            assertThat(resolver.openSessions()).isEqualTo(2);
        }
    }

    @Test
    void keepsSessionsThatBatchesUse() {
        try (OnnxResolver resolver = (OnnxResolver) open(TestModels.nearest(2).build())) {
            List<TileBatch> batches = new ArrayList<>();
            for (int width = 1; width <= 5; width++) {
                batches.add(resolver.newBatch(new TileShape(1, width, 3)));
            }
            assertThat(resolver.openSessions()).isEqualTo(5);
            batches.forEach(batch -> resolver.upscale(batch, PictureContext.NONE));
            batches.forEach(TileBatch::close);
            batches.forEach(TileBatch::close);
            assertThat(resolver.openSessions()).isEqualTo(2);
        }
    }

    @Test
    void interruptEndsARunningInferenceAndTheNextOneWorks() {
        try (SuperResolver resolver = open(slow());
                TileBatch batch = resolver.newBatch(new TileShape(1, 512, 512));
                TileBatch small = resolver.newBatch(new TileShape(1, 8, 8))) {
            CompletableFuture<Throwable> outcome = CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            resolver.upscale(batch, PictureContext.NONE);
                            return new AssertionError("ran to its end");
                        } catch (StreamException e) {
                            return e;
                        }
                    },
                    Schedulers.boundedElastic()::schedule);
            while (!outcome.isDone()) {
                resolver.interrupt();
                Thread.onSpinWait();
            }
            assertThat(outcome.join()).isInstanceOf(StreamException.class).hasMessageContaining("interrupted");
            assertThatCode(() -> resolver.upscale(small, PictureContext.NONE)).doesNotThrowAnyException();
        }
    }

    @Test
    void closingWaitsForARunningInference() throws Exception {
        SuperResolver resolver = open(slow());
        TileBatch batch = resolver.newBatch(new TileShape(1, 512, 512));
        CompletableFuture<Void> run = CompletableFuture.runAsync(
                () -> resolver.upscale(batch, PictureContext.NONE), Schedulers.boundedElastic()::schedule);
        Thread.sleep(30);
        resolver.close();
        assertThatThrownBy(() -> run.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(StreamException.class);
        batch.close();
    }

    @Test
    void closesOnceAndRefusesWorkAfterwards() {
        SuperResolver resolver = open(TestModels.nearest(2).build());
        TileBatch batch = resolver.newBatch(new TileShape(1, 8, 8));
        resolver.close();
        resolver.close();
        resolver.interrupt();
        assertThatThrownBy(() -> resolver.upscale(batch, PictureContext.NONE))
                .isInstanceOf(StreamException.class)
                .hasMessageContaining("closed");
        batch.close();
        batch.close();
        assertThatThrownBy(() -> resolver.newBatch(new TileShape(1, 8, 8))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void freesNativeMemoryWithItsBatches() {
        long before = directBytes();
        try (SuperResolver resolver = open(
                TestModels.nearest(3, 2, OnnxBuilder.FLOAT16, "n", "h", "w").build())) {
            long opened = directBytes();
            for (int i = 0; i < 20; i++) {
                try (TileBatch batch = resolver.newBatch(new TileShape(1, 256, 256))) {
                    assertThat(directBytes()).isGreaterThan(opened + 3 * 256 * 256 * 4 * 5);
                    resolver.upscale(batch, PictureContext.NONE);
                }
                assertThat(directBytes()).isEqualTo(opened);
            }
            TileShape tooLarge = new TileShape(1, 30_000, 30_000);
            assertThatThrownBy(() -> resolver.newBatch(tooLarge)).hasMessageContaining("too large");
            assertThat(directBytes()).isEqualTo(opened);
        }
        assertThat(directBytes()).isEqualTo(before);
    }

    @Test
    void takesWholeFramesWhileTheyAreSmallAndCutsLargeOnesEvenly() {
        try (SuperResolver resolver = open(TestModels.blur(2, 7).build())) {
            assertThat(resolver.tileFor(640, 360)).isEqualTo(new TileShape(1, 640, 360));
            assertThat(resolver.tileFor(7, 5)).isEqualTo(new TileShape(1, 7, 5));
            for (int[] frame : new int[][] {{1280, 720}, {1920, 1080}, {3840, 2160}, {1, 2_000_000}, {5000, 201}}) {
                TileShape tile = resolver.tileFor(frame[0], frame[1]);
                TilePlan plan = TilePlan.cover(frame[0], frame[1], tile.width(), tile.height(), 7 + 3, 1);
                long computed = (long) plan.tiles().size() * tile.width() * tile.height();
                assertThat(tile.width() * tile.height()).isLessThanOrEqualTo(1 << 19);
                assertThat((double) computed / ((long) frame[0] * frame[1]))
                        .isBetween(1.0, 1.08 + (frame[0] == 1 ? 1 : 0));
            }
        }
    }

    @Test
    void keepsToAFixedShape() {
        try (SuperResolver resolver = open(TestModels.blur(2, 3, 2, 40, 56).build())) {
            TileShape only = new TileShape(2, 56, 40);
            assertThat(resolver.tileFor(1920, 1080)).isEqualTo(only);
            assertThat(resolver.tileFor(3, 3)).isEqualTo(only);
            try (TileBatch batch = resolver.newBatch(only)) {
                resolver.upscale(batch, PictureContext.NONE);
            }
            assertThatThrownBy(() -> resolver.newBatch(new TileShape(2, 40, 56)))
                    .hasMessageContaining("56x40 only");
            assertThatThrownBy(() -> resolver.newBatch(new TileShape(1, 56, 40)))
                    .hasMessageContaining("batches of 2");
        }
    }

    @Test
    void keepsToTheStepOfSizes() {
        try (SuperResolver resolver = open(TestModels.stepped(2, 8).build())) {
            assertThat(resolver.traits().align()).isEqualTo(8);
            assertThat(resolver.tileFor(101, 50)).isEqualTo(new TileShape(1, 104, 56));
            TileShape large = resolver.tileFor(1917, 1079);
            assertThat(large.width() % 8 + large.height() % 8).isZero();
            assertThatThrownBy(() -> resolver.newBatch(new TileShape(1, 101, 50)))
                    .hasMessageContaining("multiples of 8");
        }
    }

    @Test
    void describesItself() {
        try (SuperResolver resolver = open(TestModels.blur(2, 4).build())) {
            assertThat(resolver.traits()).isEqualTo(new SuperResolver.Traits("test", 2, 3, 1, 4, "cpu", "fp32", 0, 0));
        }
    }

    private static SuperResolver open(byte[] model) {
        ModelFiles files = ModelFiles.alone(OnnxFile.of("test.onnx", model));
        Contract contract = OnnxResolver.inspect(files, false, Notices.none());
        return OnnxResolver.open(files, "test", contract, CPU, OptionalDouble.empty(), Notices.none());
    }

    /** Many nodes, each short: a run can stop between them. */
    private static byte[] slow() {
        OnnxBuilder model = new OnnxBuilder()
                .input("lr", OnnxBuilder.FLOAT, "n", 3, "h", "w")
                .output("hr", OnnxBuilder.FLOAT, "n", 3, "", "");
        float[] weights = new float[3 * 3 * 9];
        for (int c = 0; c < 3; c++) {
            weights[(c * 3 + c) * 9 + 4] = 1;
        }
        model.floats("weights", weights, 3, 3, 3, 3);
        String last = "lr";
        for (int i = 0; i < 400; i++) {
            String next = i == 399 ? "hr" : "x" + i;
            model.node("Conv", last + " weights", next, Map.of("pads", new long[] {1, 1, 1, 1}));
            last = next;
        }
        return TestModels.declare(model, 1, 4).build();
    }

    private static float[] plainRun(byte[] model, float[] input, int n, int c, int h, int w) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(model);
                OnnxTensor tensor =
                        OnnxTensor.createTensor(environment, FloatBuffer.wrap(input), new long[] {n, c, h, w});
                OrtSession.Result result = session.run(Map.of("lr", tensor))) {
            FloatBuffer output = ((OnnxTensor) result.get(0)).getFloatBuffer();
            return read(output);
        }
    }

    private static float[] fill(FloatBuffer buffer, Random random) {
        float[] samples = new float[buffer.capacity()];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = random.nextFloat();
        }
        buffer.put(0, samples);
        return samples;
    }

    private static float[] read(FloatBuffer buffer) {
        float[] samples = new float[buffer.capacity()];
        buffer.get(0, samples);
        return samples;
    }

    static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }
}
