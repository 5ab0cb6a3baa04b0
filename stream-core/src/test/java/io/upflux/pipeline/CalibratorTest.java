package io.upflux.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.upflux.pipeline.Calibrator.Measured;
import io.upflux.pipeline.SuperResolver.Cells;
import io.upflux.pipeline.SuperResolver.TileShape;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CalibratorTest {
    private static final Cells SQUARES =
            new Cells(List.of(8, 16, 32, 64, 128), 1, List.of(100.0, 324.0, 1156.0, 4356.0, 16900.0));

    private final FakeResolver resolver = new FakeResolver(1, 3, 1, new TileShape(1, 4096, 4096), true).with(SQUARES);

    @Test
    void costsAreWhatTheClockSays() {
        // Time passes by pixels computed, margins included: sides of 8 with chroma and margin are 12.
        Measured measured =
                Calibrator.measure(resolver, () -> resolver.pixels.get() * 10).orElseThrow();
        Calibration calibration = measured.calibration();

        assertThat(measured.borneOut()).isTrue();
        assertThat(calibration.pixelSeconds()).isCloseTo(10e-9, within(1e-15));
        assertThat(calibration.bySide()).containsOnlyKeys(8, 16, 32, 64, 128);
        calibration.costs().forEach((side, cost) -> assertThat(cost).isCloseTo(Math.pow(side + 4, 2), within(1e-6)));
        assertThat(resolver.batches).hasValue(0);
    }

    @Test
    void nonsenseIsBounded() {
        AtomicLong calls = new AtomicLong();
        // Everything takes as long, a batch of squares and the whole picture.
        Calibration calibration = Calibrator.measure(resolver, () -> calls.incrementAndGet() * 1_000_000)
                .orElseThrow()
                .calibration();

        double before = 0;
        for (Map.Entry<Integer, Double> each : calibration.bySide().entrySet()) {
            double supposed = SQUARES.costs().get(SQUARES.sides().indexOf(each.getKey()));
            assertThat(each.getValue()).isBetween(Math.max(before, supposed / 3), supposed * 3);
            before = each.getValue();
        }
    }

    @Test
    void timesThatNeverComeTwiceAreNotBorneOut() {
        AtomicLong calls = new AtomicLong();
        // Each takes longer than the one before.
        assertThat(Calibrator.measure(resolver, () -> (long) (1000 * Math.pow(1.1, calls.incrementAndGet()))))
                .get()
                .returns(false, Measured::borneOut);
        assertThat(resolver.batches).hasValue(0);
    }

    @Test
    void timesThatComeTwiceEndIt() {
        Calibrator.measure(resolver, () -> resolver.pixels.get());

        assertThat(resolver.calls).hasValue(3 * 6);
    }

    @Test
    void aSlowResolverRunsThreeTimesOnly() {
        assertThat(Calibrator.measure(resolver, () -> resolver.pixels.get() * 100_000))
                .get()
                .returns(true, Measured::borneOut);

        assertThat(resolver.calls).hasValue(3 * 6);
    }

    @Test
    void nothingIsMeasuredWithoutSquares() {
        assertThat(Calibrator.measure(FakeResolver.identity(), System::nanoTime))
                .isEmpty();
    }

    @Test
    void squaresCostWhatWasMeasured() {
        SuperResolver calibrated = CalibratedResolver.of(resolver, new Calibration(Map.of(8, 150.0, 16, 400.0), 1e-6));

        Cells cells = calibrated.cells(256, 256).orElseThrow();
        assertThat(cells.costs()).containsExactly(150.0, 400.0, 1156.0, 4356.0, 16900.0);
        assertThat(cells.pixelSeconds()).isEqualTo(1e-6);
    }

    /** What it left to a default would silently not be the resolver's. */
    @Test
    void allElseIsTheResolversOwn() {
        for (Method method : SuperResolver.class.getMethods()) {
            assertThat(ForwardingResolver.class.getDeclaredMethods())
                    .as(method.toString())
                    .anyMatch(own -> own.getName().equals(method.getName())
                            && Arrays.equals(own.getParameterTypes(), method.getParameterTypes()));
        }
    }
}
