package io.upflux.reuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.VideoFrame;
import java.util.Random;
import java.util.function.IntBinaryOperator;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoiseEstimateTest {
    /** Mean absolute difference of two normal samples, in standard deviations of one. */
    private static final double MEAN_DIFFERENCE = 2 / Math.sqrt(Math.PI);

    private static final Tolerance BASE = new Tolerance(1.5, 12);

    private final NativeScope scope = new NativeScope();
    private final Landscape scene = new Landscape(3);
    private final FrameFormat format = Landscape.format(330, 186, 8);

    @AfterEach
    void close() {
        scope.close();
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 1.2, 1.4})
    void measuresGrainOverAStillScene(double deviation) {
        NoiseEstimate estimate = run(format, 50, grain(deviation, 1));
        assertThat(noise(estimate)).isCloseTo(MEAN_DIFFERENCE * deviation, within(0.15 * deviation + 0.05));
    }

    @Test
    void measuresGrainBesidesMovingThings() {
        NoiseEstimate estimate = run(format, 50, n -> {
            IntBinaryOperator noisy = grain(1.2, 2).apply(n);
            return (x, y) -> noisy.applyAsInt(x < 100 ? x + 9 * n : x, y);
        });
        assertThat(noise(estimate)).isCloseTo(MEAN_DIFFERENCE * 1.2, within(0.25));
    }

    @Test
    void toleratesMoreTheMoreNoiseThereIs() {
        assertThat(run(format, 5, grain(0, 1)).tolerance()).isEqualTo(BASE);
        assertThat(run(format, 50, grain(0.6, 1)).tolerance()).isEqualTo(BASE);
        Tolerance some = run(format, 50, grain(1.2, 1)).tolerance();
        assertThat(some.mean()).isBetween(1.8, 2.4);
        assertThat(some.max()).isBetween(13.0, 16.0);
        assertThat(run(format, 50, grain(2.5, 1)).tolerance()).isEqualTo(new Tolerance(2.5, 16));
    }

    @Test
    void windowsOfNoiseAloneAreWithinTheTolerance() {
        IntFunction<IntBinaryOperator> film = grain(1.5, 7);
        NoiseEstimate estimate = run(format, 50, film);
        ChangeDetector detector = new ChangeDetector(format);
        Changes changes = new Changes(detector.grid());
        try (VideoFrame frame = Landscape.picture(scope, format, film.apply(61));
                VideoFrame reference = Landscape.picture(scope, format, film.apply(60))) {
            detector.compare(frame, reference, estimate.tolerance(), changes);
        }
        assertThat(Pictures.count(changes, WindowState.UPDATED))
                .isGreaterThan(changes.grid().windows() * 98 / 100);
    }

    @Test
    void motionFadesAndFlatColourAreNoNoise() {
        assertThat(run(format, 30, n -> (x, y) -> scene.at(x + 3 * n, y)).tolerance())
                .isEqualTo(BASE);
        assertThat(run(format, 30, n -> (x, y) -> scene.at(x, y) * (60 - n) / 60)
                        .tolerance())
                .isEqualTo(BASE);
        assertThat(run(format, 30, n -> (x, y) -> 100 + n).tolerance()).isEqualTo(BASE);
        assertThat(run(format, 30, n -> (x, y) -> (int) scene.at(x / 8.0 + n, y / 8.0))
                        .tolerance())
                .isEqualTo(BASE);
    }

    @Test
    void grainTooStrongToReuseAnythingRaisesNothing() {
        assertThat(run(format, 30, grain(12, 1)).tolerance()).isEqualTo(BASE);
    }

    @Test
    void isTheSameAtEveryDepth() {
        Tolerance shallow = run(format, 20, grain(1.3, 1)).tolerance();
        assertThat(run(Landscape.format(330, 186, 10), 20, grain(1.3, 1)).tolerance())
                .isEqualTo(shallow);
        assertThat(run(Landscape.format(330, 186, 16), 20, grain(1.3, 1)).tolerance())
                .isEqualTo(shallow);
        assertThat(shallow.mean()).isBetween(1.6, 2.4);
    }

    @Test
    void isTheSameInTheGreenOfRgbPictures() {
        FrameFormat rgb = Pictures.format(330, 186, PixelLayout.RGB24);
        assertThat(run(rgb, 20, grain(2, 1)).tolerance())
                .isEqualTo(run(format, 20, grain(2, 1)).tolerance())
                .isNotEqualTo(BASE);
    }

    @Test
    void picturesWithoutAWholeWindowHaveTheBaseTolerance() {
        assertThat(run(Landscape.format(7, 30, 8), 10, grain(2, 1)).tolerance()).isEqualTo(BASE);
    }

    /** Where the tolerance follows it. */
    private static double noise(NoiseEstimate estimate) {
        return estimate.tolerance().mean() / 1.5;
    }

    /** Independent normal noise in every picture, the same for the same seed and picture. */
    private IntFunction<IntBinaryOperator> grain(double deviation, long seed) {
        IntBinaryOperator still = scene.still(Landscape.format(1000, 186, 8));
        return n -> {
            Random random = new Random(seed * 1000 + n);
            return (x, y) -> (int) Math.round(still.applyAsInt(x, y) + deviation * random.nextGaussian());
        };
    }

    private NoiseEstimate run(FrameFormat size, int pictures, IntFunction<IntBinaryOperator> film) {
        NoiseEstimate estimate = new NoiseEstimate(size);
        for (int n = 0; n < pictures; n++) {
            try (VideoFrame frame = Landscape.picture(scope, size, film.apply(n))) {
                estimate.next(frame);
            }
        }
        return estimate;
    }
}
