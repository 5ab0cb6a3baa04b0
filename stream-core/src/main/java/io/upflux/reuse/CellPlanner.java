package io.upflux.reuse;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Covers the windows that must be computed with squares, at the least modelled cost. Squares of each size lie on a grid
 * of their own, four in one of the next size, so the best cover is found from the smallest up: either one square, or
 * the best covers of its quarters.
 */
public final class CellPlanner {
    /** What a square costs. */
    @FunctionalInterface
    public interface Cost {
        /** In computed pixels, or any other unit. */
        double of(Cell cell);
    }

    /**
     * A cover and its price.
     *
     * @param cells without overlap, which hold all windows wanted
     * @param cost of all of them
     */
    public record Cover(List<Cell> cells, double cost) {}

    private final WindowGrid grid;
    private final List<Integer> sides;
    private final Cost cost;

    /**
     * @param sides of the squares, at least one window and each twice the one before
     * @throws IllegalArgumentException when they are not
     */
    public CellPlanner(WindowGrid grid, List<Integer> sides, Cost cost) {
        for (int i = 0; i < sides.size(); i++) {
            boolean fits = i == 0 ? sides.get(0) % WindowGrid.WINDOW == 0 : sides.get(i) == 2 * sides.get(i - 1);
            if (!fits || sides.get(0) == 0) {
                throw new IllegalArgumentException("squares of " + sides + " do not lie in each other");
            }
        }
        this.grid = grid;
        this.sides = List.copyOf(sides);
        this.cost = cost;
    }

    /** @param wanted windows, in raster order */
    public Cover cover(BitSet wanted) {
        int side = sides.get(sides.size() - 1);
        List<Cell> cells = new ArrayList<>();
        double sum = 0;
        for (int y = 0; y < grid.rows() * WindowGrid.WINDOW; y += side) {
            for (int x = 0; x < grid.columns() * WindowGrid.WINDOW; x += side) {
                sum += cover(wanted, x, y, sides.size() - 1, cells);
            }
        }
        return new Cover(List.copyOf(cells), sum);
    }

    /** Adds the best cover of one square's area and returns its cost. */
    private double cover(BitSet wanted, int x, int y, int size, List<Cell> cells) {
        int side = sides.get(size);
        if (!any(wanted, x, y, side)) {
            return 0;
        }
        Cell whole = new Cell(x, y, side);
        double own = cost.of(whole);
        int before = cells.size();
        if (size > 0) {
            int half = side / 2;
            double parts = 0;
            for (int quarter = 0; quarter < 4 && parts < own; quarter++) {
                parts += cover(wanted, x + quarter % 2 * half, y + quarter / 2 * half, size - 1, cells);
            }
            if (parts < own) {
                return parts;
            }
            cells.subList(before, cells.size()).clear();
        }
        cells.add(whole);
        return own;
    }

    private boolean any(BitSet wanted, int x, int y, int side) {
        int right = Math.min(grid.columns(), (x + side) / WindowGrid.WINDOW);
        int bottom = Math.min(grid.rows(), (y + side) / WindowGrid.WINDOW);
        for (int j = y / WindowGrid.WINDOW; j < bottom; j++) {
            int next = wanted.nextSetBit(j * grid.columns() + x / WindowGrid.WINDOW);
            if (next >= 0 && next < j * grid.columns() + right) {
                return true;
            }
        }
        return false;
    }
}
