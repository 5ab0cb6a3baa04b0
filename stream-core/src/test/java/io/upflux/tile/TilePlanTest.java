package io.upflux.tile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TilePlanTest {
    @Test
    void coresCoverEveryPixelOnceAndKeepTheirHalo() {
        Random random = new Random(5);
        for (int trial = 0; trial < 2000; trial++) {
            int align = 1 << random.nextInt(4);
            int halo = random.nextInt(12);
            int margin = TilePlan.roundUp(halo, align);
            int tileWidth = 2 * margin + align * (1 + random.nextInt(20));
            int tileHeight = 2 * margin + align * (1 + random.nextInt(20));
            int width = 1 + random.nextInt(200);
            int height = 1 + random.nextInt(200);
            TilePlan plan = TilePlan.cover(width, height, tileWidth, tileHeight, halo, align);
            assertThat(plan.width()).isGreaterThanOrEqualTo(width);
            assertThat(plan.height()).isGreaterThanOrEqualTo(height);
            int[] covered = new int[plan.width() * plan.height()];
            for (Tile tile : plan.tiles()) {
                assertThat(tile.x() % align + tile.y() % align).isZero();
                assertThat(tile.x()).isBetween(0, plan.width() - tileWidth);
                assertThat(tile.y()).isBetween(0, plan.height() - tileHeight);
                assertHalo(tile.x(), tileWidth, tile.coreX(), tile.coreWidth(), halo, plan.width());
                assertHalo(tile.y(), tileHeight, tile.coreY(), tile.coreHeight(), halo, plan.height());
                for (int y = tile.coreY(); y < tile.coreY() + tile.coreHeight(); y++) {
                    for (int x = tile.coreX(); x < tile.coreX() + tile.coreWidth(); x++) {
                        covered[y * plan.width() + x]++;
                    }
                }
            }
            assertThat(covered).containsOnly(1);
        }
    }

    private static void assertHalo(int start, int size, int core, int coreSize, int halo, int length) {
        assertThat(coreSize).isPositive();
        assertThat(core - start).isGreaterThanOrEqualTo(start == 0 ? 0 : halo);
        assertThat(start + size - core - coreSize).isGreaterThanOrEqualTo(start + size == length ? 0 : halo);
    }

    @Test
    void oneTileWhenTheFrameFits() {
        TilePlan plan = TilePlan.cover(7, 5, 8, 6, 9, 2);
        assertThat(plan.tiles()).containsExactly(new Tile(0, 0, 0, 0, 8, 6));
    }

    @Test
    void tileWithoutRoomForACoreIsRefused() {
        assertThatThrownBy(() -> TilePlan.cover(100, 100, 16, 16, 8, 1)).hasMessageContaining("no core");
        assertThatThrownBy(() -> TilePlan.cover(100, 100, 15, 16, 1, 2)).hasMessageContaining("multiple");
    }
}
