package io.upflux.reuse;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.VideoFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SceneCutTest {
    private static final int BEFORE = 6;

    private final NativeScope scope = new NativeScope();
    private FrameFormat format = Landscape.format(320, 184, 8);

    /** Code at 8 bits of a place in a picture. */
    private interface Film {
        int at(int picture, int x, int y);
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @ParameterizedTest
    @CsvSource({"320, 184, 8", "320, 184, 10", "1042, 130, 8", "97, 131, 16"})
    void findsHardCutsAtMostOnePictureLate(int width, int height, int depth) {
        format = Landscape.format(width, height, depth);
        for (int seed = 0; seed < 4; seed++) {
            Landscape first = new Landscape(2 * seed);
            Landscape second = new Landscape(2 * seed + 1);
            List<Integer> cuts = cuts(12, (n, x, y) -> n < BEFORE ? first.at(x + n, y) : second.at(x, y + n));
            assertThat(cuts).as("seed %d", seed).hasSize(1);
            assertThat(cuts.get(0)).isBetween(BEFORE, BEFORE + 1);
        }
    }

    @Test
    void findsCutsInRgbPicturesByTheirGreen() {
        format = Pictures.format(320, 184, PixelLayout.RGB24);
        Landscape first = new Landscape(1);
        Landscape second = new Landscape(2);
        assertThat(cuts(12, (n, x, y) -> n < BEFORE ? first.at(x + n, y) : second.at(x, y + n)))
                .hasSize(1);
    }

    @Test
    void cutsToAndFromBlackAreCuts() {
        Landscape scene = new Landscape(1);
        assertThat(cuts(12, (n, x, y) -> n < BEFORE ? scene.at(x, y) : 16)).containsExactly(BEFORE + 1);
        assertThat(cuts(12, (n, x, y) -> n < BEFORE ? 16 : scene.at(x, y))).containsExactly(BEFORE + 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 30})
    void fadesAndDissolvesAreNone(int pictures) {
        IntBinaryOperator first = new Landscape(1).still(format);
        IntBinaryOperator second = new Landscape(2).still(format);
        int length = pictures + 2 * BEFORE;
        assertThat(cuts(length, (n, x, y) -> mix(first.applyAsInt(x, y), 16, progress(n, pictures))))
                .isEmpty();
        assertThat(cuts(length, (n, x, y) -> mix(16, first.applyAsInt(x, y), progress(n, pictures))))
                .isEmpty();
        assertThat(cuts(length, (n, x, y) -> mix(first.applyAsInt(x, y), 235, progress(n, pictures))))
                .isEmpty();
        assertThat(cuts(
                        length,
                        (n, x, y) -> mix(first.applyAsInt(x, y), second.applyAsInt(x, y), progress(n, pictures))))
                .isEmpty();
    }

    @Test
    void flashesOfOnePictureAreNone() {
        Landscape scene = new Landscape(1);
        assertThat(cuts(12, (n, x, y) -> n == BEFORE ? 235 : scene.at(x + n, y)))
                .isEmpty();
        assertThat(cuts(12, (n, x, y) -> n == BEFORE ? 16 : scene.at(x + n, y))).isEmpty();
        assertThat(cuts(12, (n, x, y) -> n == BEFORE ? scene.at(x + n, y) * 8 / 5 + 70 : scene.at(x + n, y)))
                .isEmpty();
        // As if a lamp lit up in one corner, and every third picture again.
        assertThat(cuts(18, (n, x, y) -> scene.at(x, y) + (n % 3 == 2 ? 40000 / (200 + x * x / 40 + y * y / 40) : 0)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 8, 14})
    void pansAreNone(int speed) {
        Landscape scene = new Landscape(1);
        assertThat(cuts(12, (n, x, y) -> scene.at(x + speed * n, y + n * speed / 3)))
                .isEmpty();
        assertThat(cuts(12, (n, x, y) -> scene.at(x, y - speed * n))).isEmpty();
    }

    @Test
    void zoomsMovingObjectsTextAndNoiseAreNone() {
        Landscape scene = new Landscape(1);
        Landscape object = new Landscape(2);
        Random random = new Random(1);
        assertThat(cuts(12, (n, x, y) -> scene.at(160 + (x - 160) * (1 - 0.04 * n), 90 + (y - 90) * (1 - 0.04 * n))))
                .isEmpty();
        assertThat(cuts(
                        14,
                        (n, x, y) ->
                                x > 20 * n - 120 && x < 20 * n && y > 20 ? object.at(x - 20 * n, y) : scene.at(x, y)))
                .isEmpty();
        assertThat(cuts(
                        12,
                        (n, x, y) ->
                                y / 8 % 2 == 1 && (x / 3 + y) % 2 == 0 && (y < 120 || n > BEFORE && x > 60) ? 40 : 235))
                .isEmpty();
        assertThat(cuts(12, (n, x, y) -> 120 + (int) (12 * random.nextGaussian())))
                .isEmpty();
    }

    @Test
    void picturesTooSmallToTellHaveNoCuts() {
        for (int size = 1; size < 32; size += 6) {
            format = Landscape.format(size, 33 - size, 8);
            assertThat(cuts(8, (n, x, y) -> n < 4 ? 16 : 200)).isEmpty();
        }
    }

    private static double progress(int n, int pictures) {
        return Math.min(Math.max((double) (n - BEFORE) / pictures, 0), 1);
    }

    private static int mix(int from, int to, double progress) {
        return (int) Math.round(from + (to - from) * progress);
    }

    private List<Integer> cuts(int pictures, Film film) {
        SceneCut sceneCut = new SceneCut(format);
        List<Integer> cuts = new ArrayList<>();
        for (int n = 0; n < pictures; n++) {
            int picture = n;
            try (VideoFrame frame = Landscape.picture(scope, format, (x, y) -> film.at(picture, x, y))) {
                if (sceneCut.next(frame)) {
                    cuts.add(n);
                }
            }
        }
        return cuts;
    }
}
