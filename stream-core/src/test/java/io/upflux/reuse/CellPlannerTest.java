package io.upflux.reuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.upflux.reuse.CellPlanner.Cover;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CellPlannerTest {
    private static final List<Integer> SIDES = List.of(8, 16, 32, 64);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
    void coversWhatIsWantedOnceAndNothingElseNeedlessly(int seed) {
        Random random = new Random(seed);
        WindowGrid grid = new WindowGrid(1 + random.nextInt(300), 1 + random.nextInt(200));
        BitSet wanted = new BitSet();
        double share = random.nextDouble();
        for (int window = 0; window < grid.windows(); window++) {
            wanted.set(window, random.nextDouble() < share);
        }
        int margin = random.nextInt(12);
        Cover cover = new CellPlanner(grid, SIDES, cell -> price(cell, margin)).cover(wanted);

        BitSet covered = new BitSet();
        double sum = 0;
        for (Cell cell : cover.cells()) {
            BitSet own = windows(grid, cell);
            assertThat(own.intersects(covered)).as("%s overlaps another", cell).isFalse();
            assertThat(own.intersects(wanted)).as("%s is needed", cell).isTrue();
            covered.or(own);
            sum += price(cell, margin);
        }
        BitSet missed = (BitSet) wanted.clone();
        missed.andNot(covered);
        assertThat(missed.isEmpty()).as("missed %s", missed).isTrue();
        assertThat(cover.cost()).isCloseTo(sum, within(1e-6));
        for (int side : SIDES) {
            assertThat(cover.cost())
                    .as("no dearer than squares of %d only", side)
                    .isLessThanOrEqualTo(only(grid, wanted, side, margin) + 1e-6);
        }
    }

    @Test
    void fewScatteredWindowsAreSmallSquaresAndManyLargeOnes() {
        WindowGrid grid = new WindowGrid(256, 256);
        CellPlanner planner = new CellPlanner(grid, SIDES, cell -> price(cell, 4));
        BitSet one = new BitSet();
        one.set(5);
        assertThat(planner.cover(one).cells()).containsExactly(new Cell(40, 0, 8));
        BitSet all = new BitSet();
        all.set(0, grid.windows());
        assertThat(planner.cover(all).cells()).hasSize(16).allMatch(cell -> cell.side() == 64);
        assertThat(planner.cover(new BitSet()).cells()).isEmpty();
    }

    @Test
    void squaresMustLieInEachOther() {
        WindowGrid grid = new WindowGrid(64, 64);
        for (List<Integer> sides : List.of(List.of(0), List.of(12, 24), List.of(8, 24))) {
            assertThatThrownBy(() -> new CellPlanner(grid, sides, cell -> 1))
                    .hasMessageContaining("squares of " + sides);
        }
    }

    private static double price(Cell cell, int margin) {
        return Math.pow(cell.side() + margin, 2);
    }

    private static double only(WindowGrid grid, BitSet wanted, int side, int margin) {
        double sum = 0;
        for (int y = 0; y < grid.height(); y += side) {
            for (int x = 0; x < grid.width(); x += side) {
                Cell cell = new Cell(x, y, side);
                sum += windows(grid, cell).intersects(wanted) ? price(cell, margin) : 0;
            }
        }
        return sum;
    }

    private static BitSet windows(WindowGrid grid, Cell cell) {
        BitSet windows = new BitSet();
        for (int window = 0; window < grid.windows(); window++) {
            int x = window % grid.columns() * WindowGrid.WINDOW;
            int y = window / grid.columns() * WindowGrid.WINDOW;
            windows.set(
                    window, x >= cell.x() && x < cell.x() + cell.side() && y >= cell.y() && y < cell.y() + cell.side());
        }
        return windows;
    }
}
