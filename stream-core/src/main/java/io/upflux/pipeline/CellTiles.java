package io.upflux.pipeline;

import io.upflux.pipeline.SuperResolver.Cells;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.reuse.Cell;
import io.upflux.tile.Tile;
import io.upflux.tile.TilePlan;

/**
 * Through which tiles the cells of a picture are computed. Inside the picture these are squares by themselves; where it
 * has no form for squares, or none for those at the picture's edge, tiles with a halo.
 */
final class CellTiles {
    private final Cells cells;
    private final int width;
    private final int height;
    private final int chroma;
    private final int halo;
    private final int align;

    /**
     * @param frame its covered size
     * @param chroma LR pixels around a cell that its chroma weighs
     * @param halo of the network's tiles
     * @param align of the network's tiles
     */
    CellTiles(Cells cells, TilePlan frame, int chroma, int halo, int align) {
        this.cells = cells;
        this.width = frame.width();
        this.height = frame.height();
        this.chroma = chroma;
        this.halo = TilePlan.roundUp(halo + chroma, align);
        this.align = align;
    }

    /** Whether the cell is a square by itself, and not the core of a tile. */
    boolean alone(Cell cell) {
        return cells.margin() > 0 && (cells.atEdge() > 0 || inside(cell));
    }

    /** Whether the picture goes on around the cell as far as a square takes it in. */
    boolean inside(Cell cell) {
        int around = cells.margin() + chroma;
        return cell.x() >= around
                && cell.y() >= around
                && cell.x() + cell.side() + around <= width
                && cell.y() + cell.side() + around <= height;
    }

    /** Of a batch of such cells; {@code batch} is 1. */
    TileShape shape(Cell cell) {
        if (alone(cell)) {
            int side = cell.side() + 2 * chroma;
            return new TileShape(1, side, side);
        }
        return new TileShape(1, length(cell.x(), cell.side(), width), length(cell.y(), cell.side(), height));
    }

    Tile tile(Cell cell) {
        int coreWidth = Math.min(cell.side(), width - cell.x());
        int coreHeight = Math.min(cell.side(), height - cell.y());
        if (alone(cell)) {
            return new Tile(cell.x() - chroma, cell.y() - chroma, cell.x(), cell.y(), coreWidth, coreHeight);
        }
        TileShape shape = shape(cell);
        int x = start(cell.x(), width - shape.width());
        int y = start(cell.y(), height - shape.height());
        return new Tile(x, y, cell.x(), cell.y(), coreWidth, coreHeight);
    }

    /** Pixels of a whole picture that cost as much. */
    double cost(Cell cell) {
        if (alone(cell)) {
            double cost = cells.costs().get(cells.sides().indexOf(cell.side()));
            return inside(cell) ? cost : cells.atEdge() * cost;
        }
        TileShape shape = shape(cell);
        boolean fits = shape.width() <= width && shape.height() <= height;
        return fits ? (double) shape.width() * shape.height() : Double.POSITIVE_INFINITY;
    }

    /**
     * How far the tile reaches in one direction whose core is the cell: with halo on both sides, or on one where the
     * picture ends at the other. No lengths between, so that there are few shapes.
     */
    private int length(int core, int side, int whole) {
        // Where cells do not lie on the network's grid, tiles begin up to one step before.
        int step = side % align == 0 ? 0 : align;
        int aligned = TilePlan.roundUp(side + step, align);
        int needed = Math.min(whole, core + aligned + halo) - Math.max(0, core - halo);
        return needed <= aligned + halo ? aligned + halo : aligned + 2 * halo;
    }

    private int start(int core, int last) {
        return Math.max(0, Math.min(core - halo, last)) / align * align;
    }
}
