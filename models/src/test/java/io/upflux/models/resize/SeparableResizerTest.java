package io.upflux.models.resize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.TileBatch;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeparableResizerTest {
    @ParameterizedTest
    @CsvSource({
        "BICUBIC, 1, 9, 7", "BICUBIC, 2, 13, 11", "BICUBIC, 3, 1, 1", "BICUBIC, 4, 2, 5", "BICUBIC, 8, 6, 3",
        "LANCZOS, 1, 9, 7", "LANCZOS, 2, 13, 11", "LANCZOS, 3, 1, 1", "LANCZOS, 4, 2, 5", "LANCZOS, 8, 6, 3"
    })
    void agreesWithTheDefinition(Kernel kernel, int scale, int w, int h) {
        try (SuperResolver resizer = SeparableResizer.of(kernel, scale);
                TileBatch batch = resizer.newBatch(new TileShape(2, w, h))) {
            double[] input = new double[2 * 3 * w * h];
            Random random = new Random(3);
            for (int i = 0; i < input.length; i++) {
                batch.input().put(i, random.nextFloat() * 3 - 1);
                input[i] = batch.input().get(i);
            }
            resizer.upscale(batch, PictureContext.NONE);
            for (int image = 0; image < 6; image++) {
                for (int y = 0; y < h * scale; y++) {
                    for (int x = 0; x < w * scale; x++) {
                        int at = (image * h * scale + y) * w * scale + x;
                        double expected = byDefinition(kernel, input, image * w * h, w, h, scale, x, y);
                        assertThat((double) batch.output().get(at)).isCloseTo(expected, offset(3e-6));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void isTheIdentityAtScaleOne(Kernel kernel) {
        try (SuperResolver resizer = SeparableResizer.of(kernel, 1);
                TileBatch batch = resizer.newBatch(new TileShape(1, 5, 4))) {
            for (int i = 0; i < 60; i++) {
                batch.input().put(i, i * 0.37f - 2);
            }
            resizer.upscale(batch, PictureContext.NONE);
            for (int i = 0; i < 60; i++) {
                assertThat(batch.output().get(i)).isCloseTo(i * 0.37f - 2, offset(1e-5f));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"BICUBIC, 2", "BICUBIC, 3", "LANCZOS, 2", "LANCZOS, 4"})
    void reachesExactlyItsHalo(Kernel kernel, int scale) {
        int side = 15;
        int centre = 7;
        try (SuperResolver resizer = SeparableResizer.of(kernel, scale);
                TileBatch batch = resizer.newBatch(new TileShape(1, side, side))) {
            batch.input().put(centre * side + centre, 1);
            resizer.upscale(batch, PictureContext.NONE);
            int reach = 0;
            for (int i = 0; i < side * side * scale * scale; i++) {
                if (batch.output().get(i) != 0) {
                    reach = Math.max(reach, Math.abs(i % (side * scale) / scale - centre));
                    reach = Math.max(reach, Math.abs(i / (side * scale) / scale - centre));
                }
            }
            assertThat(reach).isEqualTo(resizer.traits().halo());
        }
    }

    @Test
    void keepsFlatPicturesFlatAndOvershootsAtEdges() {
        try (SuperResolver resizer = SeparableResizer.of(Kernel.BICUBIC, 2);
                TileBatch batch = resizer.newBatch(new TileShape(1, 8, 1))) {
            for (int x = 0; x < 24; x++) {
                batch.input().put(x, x < 8 ? 0.75f : x % 8 < 4 ? 0 : 1);
            }
            resizer.upscale(batch, PictureContext.NONE);
            float least = 1;
            float most = 0;
            for (int x = 0; x < 32; x++) {
                assertThat(batch.output().get(x)).isCloseTo(0.75f, offset(1e-6f));
                least = Math.min(least, batch.output().get(32 + x));
                most = Math.max(most, batch.output().get(32 + x));
            }
            // Keys: weights at 1/4 are -9/128, 111/128, 29/128, -3/128.
            assertThat(least).isCloseTo(-9 / 128f, offset(1e-6f));
            assertThat(most).isCloseTo(137 / 128f, offset(1e-6f));
        }
    }

    @Test
    void worksOnShapesOneAfterTheOther() {
        try (SuperResolver resizer = SeparableResizer.of(Kernel.LANCZOS, 2)) {
            for (int w = 1; w < 9; w++) {
                try (TileBatch batch = resizer.newBatch(new TileShape(1, w, 9 - w))) {
                    for (int i = 0; i < batch.input().capacity(); i++) {
                        batch.input().put(i, 0.5f);
                    }
                    resizer.upscale(batch, PictureContext.NONE);
                    for (int i = 0; i < batch.output().capacity(); i++) {
                        assertThat(batch.output().get(i)).isCloseTo(0.5f, offset(1e-6f));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 9, -1})
    void refusesOtherScales(int scale) {
        assertThatThrownBy(() -> SeparableResizer.of(Kernel.BICUBIC, scale))
                .isInstanceOf(StreamException.class)
                .hasMessageContaining("1 to 8");
    }

    @Test
    void identityCopies() {
        try (SuperResolver identity = new IdentityResolver();
                TileBatch batch = identity.newBatch(identity.tileFor(7, 5))) {
            assertThat(batch.shape()).isEqualTo(new TileShape(1, 7, 5));
            for (int i = 0; i < 105; i++) {
                batch.input().put(i, i - 50f);
            }
            identity.upscale(batch, PictureContext.NONE);
            for (int i = 0; i < 105; i++) {
                assertThat(batch.output().get(i)).isEqualTo(i - 50f);
            }
            assertThat(identity.traits().scale()).isEqualTo(1);
            assertThat(identity.traits().halo()).isZero();
        }
    }

    /** The two-dimensional sum over every sample, extended by reflection, with normalised weights. */
    private static double byDefinition(Kernel kernel, double[] in, int at, int w, int h, int scale, int ox, int oy) {
        double x = (ox + 0.5) / scale - 0.5;
        double y = (oy + 0.5) / scale - 0.5;
        double sum = 0;
        double weights = 0;
        for (int j = (int) Math.floor(y) - 4; j <= y + 4; j++) {
            for (int i = (int) Math.floor(x) - 4; i <= x + 4; i++) {
                double weight = weight(kernel, x - i) * weight(kernel, y - j);
                sum += weight * in[at + reflect(j, h) * w + reflect(i, w)];
                weights += weight;
            }
        }
        return sum / weights;
    }

    private static int reflect(int i, int n) {
        int at = i;
        while (at < 0 || at >= n) {
            at = at < 0 ? -1 - at : 2 * n - 1 - at;
        }
        return at;
    }

    private static double weight(Kernel kernel, double distance) {
        double t = Math.abs(distance);
        if (kernel == Kernel.LANCZOS) {
            double p = Math.PI * t;
            return t >= 3 ? 0 : t == 0 ? 1 : 3 * Math.sin(p) * Math.sin(p / 3) / (p * p);
        }
        double a = -0.5;
        if (t <= 1) {
            return (a + 2) * t * t * t - (a + 3) * t * t + 1;
        }
        return t < 2 ? a * t * t * t - 5 * a * t * t + 8 * a * t - 4 * a : 0;
    }
}
