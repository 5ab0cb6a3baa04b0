package io.upflux.reuse;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.VideoFrame;
import java.util.BitSet;
import java.util.Random;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockMatchTest {
    private final NativeScope scope = new NativeScope();
    private final Landscape scene = new Landscape(5);
    private final Landscape other = new Landscape(6);

    @AfterEach
    void close() {
        scope.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 10, 16})
    void findsWhereAMovedPictureCameFrom(int depth) {
        Random random = new Random(depth);
        FrameFormat format = Landscape.format(203, 117, depth);
        int inside = 0;
        int found = 0;
        for (int i = 0; i < 30; i++) {
            int dx = random.nextInt(33) - 16;
            int dy = random.nextInt(33) - 16;
            Origins origins = match(format, scene::at, (x, y) -> scene.at(x + dx, y + dy));
            for (int w = 0; w < origins.grid().windows(); w++) {
                int x = w % origins.grid().columns() * 8;
                int y = w / origins.grid().columns() * 8;
                if (x + dx >= 0 && y + dy >= 0 && x + dx <= 195 && y + dy <= 109 && x <= 195 && y <= 109) {
                    inside++;
                    found += origins.known(w) && origins.dx(w) == dx && origins.dy(w) == dy ? 1 : 0;
                }
            }
        }
        assertThat(found).isGreaterThan(inside * 9 / 10);
    }

    @Test
    void matchesRgbPicturesByTheirGreen() {
        FrameFormat format = Pictures.format(64, 48, PixelLayout.RGB24);
        Origins origins = match(format, scene::at, (x, y) -> scene.at(x + 5, y));
        assertThat(origins.dx(17)).isEqualTo(5);
    }

    @Test
    void contentThatWasNowhereHasNoOrigin() {
        FrameFormat format = Landscape.format(320, 184, 8);
        // Finer than what was there before, so that nothing flat can pass for it.
        Origins origins = match(format, scene::at, (x, y) -> x < 160 ? scene.at(x, y) : other.at(8 * x, 8 * y));
        int unknown = 0;
        for (int w = 0; w < origins.grid().windows(); w++) {
            if (w % 40 < 20) {
                assertThat(origins.known(w)).isTrue();
                assertThat(origins.dx(w)).isZero();
                assertThat(origins.dy(w)).isZero();
            } else {
                unknown += origins.known(w) ? 0 : 1;
            }
        }
        assertThat(unknown).isGreaterThan(20 * 23 * 8 / 10);
    }

    @Test
    void anObjectMovesAndItsBackgroundStays() {
        FrameFormat format = Landscape.format(320, 184, 8);
        Origins origins = match(format, (x, y) -> object(x, y, 80, 64), (x, y) -> object(x, y, 91, 57));
        for (int y = 9; y < 14; y++) {
            for (int x = 13; x < 18; x++) {
                assertThat(origins.dx(y * 40 + x)).isEqualTo(-11);
                assertThat(origins.dy(y * 40 + x)).isEqualTo(7);
            }
        }
        assertThat(origins.dx(2 * 40 + 3)).isZero();
        assertThat(origins.dx(20 * 40 + 30)).isZero();
        // Its content begins at (93, 79): more of it lies in the window that starts at (96, 80) than in any other.
        assertThat(origins.window(9 * 40 + 13)).isEqualTo(10 * 40 + 12);
    }

    private int object(int x, int y, int left, int top) {
        boolean inside = x >= left && y >= top && x < left + 64 && y < top + 64;
        return inside ? other.at(x - left, y - top) : scene.at(x, y);
    }

    @Test
    void windowsThatAreNotSearchedDidNotMove() {
        FrameFormat format = Landscape.format(64, 48, 8);
        BlockMatch match = new BlockMatch(format);
        Origins origins = new Origins(WindowGrid.of(format));
        BitSet some = new BitSet();
        some.set(17);
        try (VideoFrame first = Landscape.picture(scope, format, scene::at);
                VideoFrame second = Landscape.picture(scope, format, (x, y) -> scene.at(x + 5, y))) {
            match.next(first, all(origins), origins);
            for (int w = 0; w < 48; w++) {
                assertThat(origins.known(w))
                        .as("nothing is known of the first picture")
                        .isFalse();
            }
            match.next(second, some, origins);
        }
        for (int w = 0; w < 48; w++) {
            assertThat(origins.known(w)).isTrue();
            assertThat(origins.dx(w)).isEqualTo(w == 17 ? 5 : 0);
            assertThat(origins.window(w)).isEqualTo(w == 17 ? 18 : w);
        }
    }

    @Test
    void originsLieInsideThePictureWhateverItsSize() {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            FrameFormat format =
                    Landscape.format(1 + random.nextInt(60), 1 + random.nextInt(60), 8 + random.nextInt(9));
            Origins origins = match(format, scene::at, (x, y) -> scene.at(x + 3, y - 6));
            WindowGrid grid = origins.grid();
            for (int w = 0; w < grid.windows(); w++) {
                int left = Math.min(w % grid.columns() * 8, format.width() - 8) + origins.dx(w);
                int top = Math.min(w / grid.columns() * 8, format.height() - 8) + origins.dy(w);
                assertThat(origins.window(w)).isBetween(0, grid.windows() - 1);
                if (format.width() < 8 || format.height() < 8) {
                    assertThat(origins.known(w)).isFalse();
                } else {
                    assertThat(left).isBetween(0, format.width() - 8);
                    assertThat(top).isBetween(0, format.height() - 8);
                }
            }
        }
    }

    private Origins match(FrameFormat format, IntBinaryOperator before, IntBinaryOperator after) {
        BlockMatch match = new BlockMatch(format);
        Origins origins = new Origins(WindowGrid.of(format));
        try (VideoFrame first = Landscape.picture(scope, format, before);
                VideoFrame second = Landscape.picture(scope, format, after)) {
            match.next(first, new BitSet(), origins);
            match.next(second, all(origins), origins);
        }
        return origins;
    }

    private static BitSet all(Origins origins) {
        BitSet all = new BitSet();
        all.set(0, origins.grid().windows());
        return all;
    }
}
