package io.upflux.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import io.upflux.pipeline.Notices;
import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.TileBatch;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.scheduler.Schedulers;

/** Networks that see the whole picture, on one whose every result is known. */
@Timeout(60)
class PairResolverTest {
    private static final Execution CPU = new Execution(Execution.Gpu.NEVER, 0, 2);
    private static final OptionalDouble DENSE = OptionalDouble.empty();

    private final TestPair pair = new TestPair("pair-x2");

    @Test
    void aPictureThatFitsOneTileNeedsNoContext() {
        try (OnnxResolver resolver = open(DENSE);
                TileBatch batch = resolver.newBatch(new TileShape(1, 20, 14))) {
            float[] picture = fill(batch.input(), 1);

            resolver.upscale(batch, PictureContext.NONE);

            matches(batch, 0, picture, mean(picture, 0, 1, 20 * 14), 3);
        }
    }

    @Test
    void withoutAContextEveryTileIsAPictureOfItsOwn() {
        try (OnnxResolver resolver = open(DENSE);
                TileBatch batch = resolver.newBatch(new TileShape(3, 12, 10))) {
            float[] pictures = fill(batch.input(), 2);

            resolver.upscale(batch, PictureContext.NONE);

            for (int tile = 0; tile < 3; tile++) {
                matches(batch, tile, pictures, mean(pictures, tile, 1, 120), 3);
            }
        }
    }

    @Test
    void tilesOfALargePictureShareWhatWasSeenInSamples() {
        try (OnnxResolver resolver = open(DENSE)) {
            TileShape samples = resolver.samples(1920, 1080).orElseThrow();
            assertThat(samples).isEqualTo(new TileShape(8, 64, 64));
            assertThat(resolver.samples(4_000_000, 5)).contains(new TileShape(8, 64, 6));
            try (TileBatch looked = resolver.newSamples(samples);
                    TileBatch batch = resolver.newBatch(new TileShape(2, 16, 8))) {
                float[] seen = fill(looked.input(), 3);
                float[] tiles = fill(batch.input(), 4);

                PictureContext first = resolver.look(looked);
                resolver.upscale(batch, first);
                for (int tile = 0; tile < 2; tile++) {
                    matches(batch, tile, tiles, mean(seen, 0, 8, 64 * 64), 3);
                }

                float[] other = fill(looked.input(), 5);
                PictureContext second = resolver.look(looked);
                resolver.upscale(batch, second);
                matches(batch, 1, tiles, mean(other, 0, 8, 64 * 64), 3);
                resolver.upscale(batch, first);
                matches(batch, 1, tiles, mean(seen, 0, 8, 64 * 64), 3);
                resolver.upscale(batch, PictureContext.NONE);
                matches(batch, 1, tiles, mean(tiles, 1, 1, 16 * 8), 3);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.5, 0.9, 1.1, 100})
    void withAThresholdEveryWindowStopsWhereItsConfidencesReachIt(double threshold) {
        try (OnnxResolver resolver = open(OptionalDouble.of(threshold));
                TileBatch batch = resolver.newBatch(new TileShape(2, 12, 8))) {
            assertThat(resolver.samples(1920, 1080)).isEmpty();
            assertThat(resolver.traits().window()).isEqualTo(2);
            assertThat(resolver.traits().blocks()).isEqualTo(3);
            float[] pictures = fill(batch.input(), 6);

            resolver.upscale(batch, PictureContext.NONE);

            assertThat(batch.depths().capacity()).isEqualTo(2 * 4 * 6);
            for (int tile = 0; tile < 2; tile++) {
                float[] mean = mean(pictures, tile, 1, 96);
                for (int w = 0; w < 24; w++) {
                    float red = windowMean(pictures, tile, 0, w);
                    float green = windowMean(pictures, tile, 1, w);
                    int depth = red >= threshold ? 1 : red + green >= threshold ? 2 : 3;
                    assertThat(batch.depths().get(24 * tile + w)).isEqualTo((byte) depth);
                    int x = w % 6 * 2;
                    int y = w / 6 * 2;
                    float expected = blurred(pictures, tile, 2, x, y, 12, 8) + depth * TestPair.GAIN * mean[2];
                    assertThat(batch.output().get(((3 * tile + 2) * 16 + 2 * y) * 24 + 2 * x))
                            .isCloseTo(expected, offset(1e-5f));
                }
            }
        }
    }

    @Test
    void nothingIsToldOfDepthsWithoutAThreshold() {
        try (OnnxResolver resolver = open(DENSE);
                TileBatch batch = resolver.newBatch(new TileShape(1, 8, 8))) {
            assertThat(batch.depths().capacity()).isZero();
            assertThat(resolver.traits().blocks()).isZero();
        }
    }

    @Test
    void withoutABodyTilesOfALargePictureAreRunAlone() {
        pair.without(".body.onnx").without(".features.onnx").without(".windows.onnx");
        try (OnnxResolver resolver = open(DENSE)) {
            assertThat(resolver.samples(1920, 1080)).isEmpty();
        }
    }

    @Test
    void weightsLieInNativeMemoryOnceAndAreFreedWithTheResolver() throws InterruptedException {
        // What other tests left to the garbage collector must not vanish in between.
        System.gc();
        Thread.sleep(200);
        long before = directBytes();
        OnnxResolver resolver = open(DENSE);
        long weights = directBytes() - before;
        assertThat(weights).isBetween(16L + 164, 8192L);
        for (int i = 0; i < 3; i++) {
            try (TileBatch samples = resolver.newSamples(new TileShape(8, 64, 64));
                    TileBatch batch = resolver.newBatch(new TileShape(1, 64 + 2 * i, 64))) {
                resolver.upscale(batch, resolver.look(samples));
                resolver.upscale(batch, PictureContext.NONE);
            }
            assertThat(directBytes() - before).isLessThanOrEqualTo(weights);
        }
        assertThat(resolver.openSessions()).isLessThanOrEqualTo(4);
        resolver.close();
        assertThat(directBytes()).isLessThanOrEqualTo(before);
        assertThatThrownBy(() -> openWith(
                        new TestPair("pair-x2").put(Pass.KEY, model -> model.node("Magic", "hr", "more", Map.of()))))
                .isInstanceOf(StreamException.class);
        assertThat(directBytes()).isLessThanOrEqualTo(before);
    }

    @Test
    void takesTheContextOfTheSameModelAndRefusesThatOfAnother() {
        TestPair changed =
                new TestPair("pair-x2").put(Pass.KEY, model -> model.node("Identity", "hr", "more", Map.of()));
        try (OnnxResolver one = open(DENSE);
                OnnxResolver again = open(DENSE);
                SuperResolver other = openWith(changed);
                TileBatch samples = one.newSamples(new TileShape(8, 8, 8));
                TileBatch same = again.newBatch(new TileShape(1, 8, 8));
                TileBatch batch = other.newBatch(new TileShape(1, 8, 8))) {
            PictureContext context = one.look(samples);
            again.upscale(same, context);
            assertThatThrownBy(() -> other.upscale(batch, context)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void interruptEndsALookAndClosingRefusesTheNext() {
        OnnxResolver resolver = open(DENSE);
        TileBatch samples = resolver.newSamples(new TileShape(8, 1024, 1024));
        CompletableFuture<Throwable> outcome = CompletableFuture.supplyAsync(
                () -> {
                    while (true) {
                        try {
                            resolver.look(samples);
                        } catch (StreamException e) {
                            return e;
                        }
                    }
                },
                Schedulers.boundedElastic()::schedule);
        while (!outcome.isDone()) {
            resolver.interrupt();
            Thread.onSpinWait();
        }
        assertThat(outcome.join()).hasMessageContaining("interrupted");
        resolver.close();
        assertThatThrownBy(() -> resolver.look(samples)).hasMessageContaining("closed");
        samples.close();
    }

    private OnnxResolver open(OptionalDouble threshold) {
        return open(pair, threshold);
    }

    private static SuperResolver openWith(TestPair pair) {
        return open(pair, DENSE);
    }

    private static OnnxResolver open(TestPair pair, OptionalDouble threshold) {
        ModelFiles files = pair.open();
        Contract contract = OnnxResolver.declared(files).orElseThrow();
        return (OnnxResolver) OnnxResolver.open(files, "pair-x2", contract, CPU, threshold, Notices.none());
    }

    /** All of one tile against what the network is known to do. */
    private static void matches(TileBatch batch, int tile, float[] input, float[] mean, int depth) {
        int width = batch.shape().width();
        int height = batch.shape().height();
        for (int c = 0; c < 3; c++) {
            for (int y = 0; y < 2 * height; y++) {
                for (int x = 0; x < 2 * width; x++) {
                    float expected =
                            blurred(input, tile, c, x / 2, y / 2, width, height) + depth * TestPair.GAIN * mean[c];
                    assertThat(batch.output().get(((3 * tile + c) * 2 * height + y) * 2 * width + x))
                            .isCloseTo(expected, offset(1e-5f));
                }
            }
        }
    }

    private static float blurred(float[] input, int tile, int c, int x, int y, int width, int height) {
        float sum = 0;
        for (int j = Math.max(0, y - 1); j <= Math.min(height - 1, y + 1); j++) {
            for (int i = Math.max(0, x - 1); i <= Math.min(width - 1, x + 1); i++) {
                sum += input[((3 * tile + c) * height + j) * width + i] / 8;
            }
        }
        return sum;
    }

    private static float windowMean(float[] input, int tile, int c, int window) {
        int at = ((3 * tile + c) * 8 + window / 6 * 2) * 12 + window % 6 * 2;
        return (input[at] + input[at + 1] + input[at + 12] + input[at + 13]) / 4;
    }

    /** Of each channel, over some tiles. */
    private static float[] mean(float[] input, int first, int tiles, int pixels) {
        float[] mean = new float[3];
        for (int c = 0; c < 3; c++) {
            double sum = 0;
            for (int tile = first; tile < first + tiles; tile++) {
                for (int i = 0; i < pixels; i++) {
                    sum += input[(3 * tile + c) * pixels + i];
                }
            }
            mean[c] = (float) (sum / tiles / pixels);
        }
        return mean;
    }

    private static float[] fill(FloatBuffer buffer, int seed) {
        Random random = new Random(seed);
        float[] samples = new float[buffer.capacity()];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = random.nextFloat();
        }
        buffer.put(0, samples);
        return samples;
    }

    private static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }
}
