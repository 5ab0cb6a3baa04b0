package io.upflux.tile;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.tile.SamplePlan.Position;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SamplePlanTest {
    @Test
    void tilesLieOnTheGridInsideTheFrameFromBorderToBorder() {
        Random random = new Random(3);
        for (int trial = 0; trial < 3000; trial++) {
            int align = 1 << random.nextInt(5);
            int width = align * (1 + random.nextInt(12));
            int height = align * (1 + random.nextInt(12));
            int frameWidth = 1 + random.nextInt(700);
            int frameHeight = 1 + random.nextInt(700);
            int count = 2 + random.nextInt(20);
            SamplePlan plan = SamplePlan.spread(count, frameWidth, frameHeight, width, height, align);
            assertThat(plan.positions()).hasSize(count);
            for (Position at : plan.positions()) {
                assertThat(at.x() % align + at.y() % align).isZero();
                assertThat(at.x()).isBetween(0, Math.max(0, frameWidth - width));
                assertThat(at.y()).isBetween(0, Math.max(0, frameHeight - height));
            }
            boolean acrossBorders =
                    touches(plan.positions().stream().mapToInt(Position::x).toArray(), frameWidth - width, align);
            boolean downBorders =
                    touches(plan.positions().stream().mapToInt(Position::y).toArray(), frameHeight - height, align);
            assertThat(acrossBorders || downBorders)
                    .as("%d of %dx%d in %dx%d: %s", count, width, height, frameWidth, frameHeight, plan)
                    .isTrue();
        }
    }

    /** As near to both borders as the grid allows. */
    private static boolean touches(int[] starts, int room, int align) {
        int least = Integer.MAX_VALUE;
        int most = 0;
        for (int start : starts) {
            least = Math.min(least, start);
            most = Math.max(most, start);
        }
        return least == 0 && most > room - align;
    }

    @Test
    void rowsFollowTheShapeOfTheFrame() {
        assertThat(SamplePlan.spread(8, 1920, 1080, 128, 128, 8).positions())
                .containsExactly(
                        new Position(0, 0),
                        new Position(592, 0),
                        new Position(1192, 0),
                        new Position(1792, 0),
                        new Position(0, 952),
                        new Position(592, 952),
                        new Position(1192, 952),
                        new Position(1792, 952));
        assertThat(SamplePlan.spread(3, 100, 2000, 128, 128, 8).positions())
                .containsExactly(new Position(0, 0), new Position(0, 936), new Position(0, 1872));
    }

    @Test
    void aSingleSampleIsTheMiddle() {
        assertThat(SamplePlan.spread(1, 640, 360, 64, 64, 8).positions()).containsExactly(new Position(288, 144));
    }

    @Test
    void distancesAreEven() {
        SamplePlan plan = SamplePlan.spread(12, 1280, 720, 96, 96, 8);
        int[] columns =
                plan.positions().stream().mapToInt(Position::x).distinct().toArray();
        int[] rows = plan.positions().stream().mapToInt(Position::y).distinct().toArray();
        assertThat(columns).hasSizeGreaterThan(2).startsWith(0).endsWith(1184);
        assertThat(rows).hasSizeGreaterThan(2).startsWith(0).endsWith(624);
        for (int[] starts : new int[][] {columns, rows}) {
            for (int i = 2; i < starts.length; i++) {
                assertThat(starts[i] - starts[i - 1]).isBetween(starts[1] - starts[0] - 8, starts[1] - starts[0] + 8);
            }
        }
    }
}
