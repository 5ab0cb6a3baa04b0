package io.upflux.tile;

import java.util.ArrayList;
import java.util.List;

/**
 * Covers a frame with equal tiles whose cores join without gap or overlap.
 *
 * <p>Tiles at the picture's edge end there, so that a network pads at the true edge as it would without tiles; the
 * halo of a tile lies only where there is more picture. All positions are multiples of {@code align}.
 *
 * @param width covered width in LR pixels: the frame's, rounded up to {@code align} or a larger fixed tile
 * @param height covered height
 * @param tiles in row order
 */
public record TilePlan(int width, int height, List<Tile> tiles) {
    /**
     * @param frameWidth in LR pixels
     * @param tileWidth multiple of {@code align}; may exceed the frame
     * @param halo LR pixels that each core needs around it
     * @param align all positions and sizes are multiples of it
     * @throws IllegalArgumentException when a tile has no room for a core beside its halo, or is not aligned
     */
    public static TilePlan cover(int frameWidth, int frameHeight, int tileWidth, int tileHeight, int halo, int align) {
        if (tileWidth % align != 0 || tileHeight % align != 0) {
            throw new IllegalArgumentException(
                    "tile " + tileWidth + "x" + tileHeight + " is not a multiple of " + align);
        }
        int width = Math.max(roundUp(frameWidth, align), tileWidth);
        int height = Math.max(roundUp(frameHeight, align), tileHeight);
        int margin = roundUp(halo, align);
        int[] columns = starts(width, tileWidth, margin, align);
        int[] rows = starts(height, tileHeight, margin, align);
        List<Tile> tiles = new ArrayList<>(columns.length * rows.length);
        for (int j = 0; j < rows.length; j++) {
            int top = j == 0 ? 0 : rows[j - 1] + tileHeight - margin;
            int bottom = j == rows.length - 1 ? height : rows[j] + tileHeight - margin;
            for (int i = 0; i < columns.length; i++) {
                int left = i == 0 ? 0 : columns[i - 1] + tileWidth - margin;
                int right = i == columns.length - 1 ? width : columns[i] + tileWidth - margin;
                tiles.add(new Tile(columns[i], rows[j], left, top, right - left, bottom - top));
            }
        }
        return new TilePlan(width, height, List.copyOf(tiles));
    }

    /** Whether a tile that is smaller than the frame has a core beside its halo; all as of {@link #cover}. */
    public static boolean leavesCore(
            int frameWidth, int frameHeight, int tileWidth, int tileHeight, int halo, int align) {
        int margin = roundUp(halo, align);
        return leavesCore(roundUp(frameWidth, align), tileWidth, margin, align)
                && leavesCore(roundUp(frameHeight, align), tileHeight, margin, align);
    }

    private static boolean leavesCore(int length, int tile, int margin, int align) {
        return tile >= length || tile - 2 * margin >= align;
    }

    /** {@code value} rounded up to a multiple of {@code step}. */
    public static int roundUp(int value, int step) {
        return (value + step - 1) / step * step;
    }

    private static int[] starts(int length, int tile, int margin, int align) {
        if (tile >= length) {
            return new int[] {0};
        }
        if (!leavesCore(length, tile, margin, align)) {
            throw new IllegalArgumentException("a tile of " + tile + " has no core beside a halo of " + margin);
        }
        int step = tile - 2 * margin;
        int count = 1 + -Math.floorDiv(-(length - tile), step);
        int[] starts = new int[count];
        for (int i = 0; i < count; i++) {
            starts[i] = Math.min(i * step, length - tile);
        }
        return starts;
    }
}
