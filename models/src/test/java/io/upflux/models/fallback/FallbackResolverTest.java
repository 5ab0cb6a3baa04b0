package io.upflux.models.fallback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.models.Catalogue;
import io.upflux.models.Device;
import io.upflux.models.onnx.Said;
import io.upflux.pipeline.ForwardingResolver;
import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.TileBatch;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FallbackResolverTest {
    private static final TileShape SHAPE = new TileShape(3, 64, 48);

    private final Said said = new Said();
    private final AtomicInteger faults = new AtomicInteger();
    private final AtomicInteger opened = new AtomicInteger();

    /** Fails wherever a batch is too much for it. */
    private static final class Fragile extends ForwardingResolver {
        private final Predicate<TileShape> tooMuch;
        private final List<TileShape> computed = new ArrayList<>();
        private boolean memory;
        private @Nullable Runnable failing;
        private int closed;

        Fragile(Predicate<TileShape> tooMuch) {
            super(resizer());
            this.tooMuch = tooMuch;
        }

        @Override
        public void upscale(List<Stroke> strokes) {
            for (Stroke stroke : strokes) {
                for (Placed placed : stroke.work()) {
                    fail(placed.batch().shape());
                    super.upscale(placed.batch(), stroke.context());
                }
            }
        }

        private void fail(TileShape shape) {
            computed.add(shape);
            if (tooMuch.test(shape)) {
                if (failing != null) {
                    failing.run();
                }
                if (memory) {
                    throw new OutOfMemoryError("of the device");
                }
                throw new StreamException(traits().name() + ": inference failed: no more memory");
            }
        }

        @Override
        public void close() {
            closed++;
            super.close();
        }
    }

    private static SuperResolver resizer() {
        Catalogue catalogue = Catalogue.standard();
        return catalogue.open(catalogue.find("bicubic", 2), Device.CPU);
    }

    private FallbackResolver over(SuperResolver network, @Nullable SuperResolver cpu) {
        return new FallbackResolver(
                network,
                () -> {
                    opened.incrementAndGet();
                    return cpu;
                },
                said,
                faults::incrementAndGet);
    }

    private static float[] upscaled(SuperResolver resolver, TileShape shape) {
        try (TileBatch batch = resolver.newBatch(shape)) {
            Random random = new Random(7);
            FloatBuffer input = batch.input();
            for (int i = 0; i < input.capacity(); i++) {
                input.put(i, random.nextFloat());
            }
            resolver.upscale(batch, PictureContext.NONE);
            float[] output = new float[batch.output().capacity()];
            batch.output().get(0, output);
            return output;
        }
    }

    private static float[] expected(TileShape shape) {
        try (SuperResolver plain = resizer()) {
            return upscaled(plain, shape);
        }
    }

    @Test
    void computesTilesOneByOneWhereABatchIsTooMuch() {
        Fragile network = new Fragile(shape -> shape.batch() > 1);
        try (FallbackResolver resolver = over(network, null)) {
            assertThat(upscaled(resolver, SHAPE)).containsExactly(expected(SHAPE));
            assertThat(upscaled(resolver, SHAPE)).containsExactly(expected(SHAPE));
        }
        assertThat(said.warnings)
                .containsExactly("bicubic-x2: inference failed: no more memory; going on with one tile at a time");
        assertThat(faults).as("what worked is not given up").hasValue(1);
    }

    @Test
    void cutsTilesWhereOneIsTooMuchAndJoinsThemWithoutSeams() {
        Fragile network = new Fragile(shape -> shape.width() >= SHAPE.width());
        try (FallbackResolver resolver = over(network, null)) {
            assertThat(upscaled(resolver, SHAPE)).containsExactly(expected(SHAPE));
        }
        assertThat(said.warnings)
                .singleElement()
                .asString()
                .endsWith("going on with tiles of half the width and height");
        assertThat(network.computed)
                .last()
                .satisfies(shape -> assertThat(shape.width()).isLessThan(SHAPE.width()));
    }

    @Test
    void goesToTheCpuWhereNothingWorksOnTheDevice() {
        Fragile network = new Fragile(shape -> true);
        network.memory = true;
        Fragile cpu = new Fragile(shape -> false);
        try (FallbackResolver resolver = over(network, cpu)) {
            assertThat(upscaled(resolver, SHAPE)).containsExactly(expected(SHAPE));
            assertThat(upscaled(resolver, SHAPE)).containsExactly(expected(SHAPE));
        }
        assertThat(said.warnings).containsExactly("bicubic-x2: not enough memory; going on with the CPU");
        assertThat(opened).hasValue(1);
        assertThat(faults).hasValue(3);
        assertThat(network.closed).isOne();
        assertThat(cpu.closed).isOne();
    }

    @Test
    void failsWithTheFirstReasonWhereNoWayWorks() {
        Fragile network = new Fragile(shape -> true);
        try (FallbackResolver resolver = over(network, null)) {
            assertThatThrownBy(() -> upscaled(resolver, SHAPE))
                    .isInstanceOf(StreamException.class)
                    .hasMessage("bicubic-x2: inference failed: no more memory");
        }
        assertThat(said.warnings).isEmpty();
    }

    @Test
    void triesTheUsualWayAgainAfterAWhile() {
        AtomicInteger fits = new AtomicInteger();
        Fragile network = new Fragile(shape -> shape.batch() > 1 && fits.get() == 0);
        TileShape small = new TileShape(2, 8, 8);
        try (FallbackResolver resolver = over(network, null)) {
            upscaled(resolver, small);
            fits.set(1);
            for (int i = 0; i < 300; i++) {
                upscaled(resolver, small);
            }
        }
        assertThat(network.computed).last().isEqualTo(small);
        assertThat(faults).hasValue(1);
    }

    @Test
    void triesNothingAgainOfWhatWasInterrupted() {
        Fragile network = new Fragile(shape -> true);
        try (FallbackResolver resolver = over(network, null)) {
            network.failing = () -> resolver.interrupt(Thread.currentThread());
            assertThatThrownBy(() -> upscaled(resolver, SHAPE)).isInstanceOf(StreamException.class);
        }
        assertThat(network.computed).containsExactly(SHAPE);
        assertThat(faults).hasValue(0);
    }
}
