package io.upflux.tile;

import java.util.ArrayList;
import java.util.List;

/**
 * Where equal tiles lie that stand for a whole frame: in rows, evenly from border to border. Unlike those of a
 * {@link TilePlan} they need not cover the frame, and overlap where it is small.
 *
 * @param positions one a tile, in row order
 */
public record SamplePlan(List<Position> positions) {
    /**
     * One tile's place.
     *
     * @param x left edge in LR pixels
     * @param y top edge
     */
    public record Position(int x, int y) {}

    /**
     * Tiles do not reach beyond the frame where it is at least as large as one of them.
     *
     * @param count how many tiles
     * @param frameWidth in LR pixels
     * @param align all positions are multiples of it, so tiles end up to {@code align - 1} pixels before the far borders
     */
    public static SamplePlan spread(
            int count, int frameWidth, int frameHeight, int tileWidth, int tileHeight, int align) {
        int roomX = Math.max(0, frameWidth - tileWidth);
        int roomY = Math.max(0, frameHeight - tileHeight);
        int rows = rows(count, frameWidth, frameHeight, roomX, roomY);
        List<Position> positions = new ArrayList<>(count);
        for (int row = 0; row < rows; row++) {
            int columns = count * (row + 1) / rows - count * row / rows;
            for (int column = 0; column < columns; column++) {
                positions.add(new Position(start(column, columns, roomX, align), start(row, rows, roomY, align)));
            }
        }
        return new SamplePlan(List.copyOf(positions));
    }

    /** As far from each other downwards as across, about. */
    private static int rows(int count, int frameWidth, int frameHeight, int roomX, int roomY) {
        if (roomY == 0) {
            return 1;
        }
        if (roomX == 0) {
            return count;
        }
        long rows = Math.round(Math.sqrt((double) count * frameHeight / frameWidth));
        return (int) Math.max(1, Math.min(count, rows));
    }

    private static int start(int index, int count, int room, int align) {
        long start = count == 1 ? room / 2 : (long) room * index / (count - 1);
        return (int) start / align * align;
    }
}
