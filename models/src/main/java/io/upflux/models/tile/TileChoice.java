package io.upflux.models.tile;

import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.tile.TilePlan;

/**
 * Picks tiles for a frame: the whole frame where it is small enough, otherwise equal tiles of about the wanted size
 * such that as few pixels as possible are computed twice.
 *
 * @param pixels how many LR pixels a tile should have at most; a single row or column of cores may exceed it
 * @param halo LR pixels around each core
 * @param align tile sides are multiples of it
 */
public record TileChoice(int pixels, int halo, int align) {
    /** Pipelines widen the halo by up to this much for subsampled chroma; tiles that ignored it would come out one more. */
    private static final int CHROMA_REACH = 4;

    /** A tile whose halo is larger than its core is not worth splitting further. */
    private static final int LEAST_CORE = 16;

    /** One tile per batch for frames of this size. */
    public TileShape forFrame(int frameWidth, int frameHeight) {
        int width = TilePlan.roundUp(frameWidth, align);
        int height = TilePlan.roundUp(frameHeight, align);
        if ((long) width * height <= pixels) {
            return new TileShape(1, width, height);
        }
        int bestWidth = width;
        int bestHeight = height;
        long bestCost = Long.MAX_VALUE;
        long bestArea = Long.MAX_VALUE;
        for (int columns = 1; columns == 1 || side(width, columns) < side(width, columns - 1); columns++) {
            int tileWidth = side(width, columns);
            int rows = 1;
            while ((long) tileWidth * side(height, rows) > pixels && side(height, rows + 1) < side(height, rows)) {
                rows++;
            }
            int tileHeight = side(height, rows);
            long area = (long) tileWidth * tileHeight;
            long cost = area * columns * rows;
            boolean fits = area <= pixels;
            boolean bestFits = bestArea <= pixels;
            if (fits != bestFits ? fits : fits ? cost < bestCost : area < bestArea) {
                bestWidth = tileWidth;
                bestHeight = tileHeight;
                bestCost = cost;
                bestArea = area;
            }
        }
        return new TileShape(1, bestWidth, bestHeight);
    }

    /** Side of {@code count} equal tiles that cover {@code length}, or the least sensible side if that is more. */
    private int side(int length, int count) {
        if (count == 1) {
            return length;
        }
        int step = align % 2 == 0 ? align : 2 * align;
        int margin = TilePlan.roundUp(halo + CHROMA_REACH, step);
        int covering = (length + 2 * margin * (count - 1) + count - 1) / count;
        int least = 2 * margin + Math.max(LEAST_CORE, 2 * margin);
        return Math.min(length, TilePlan.roundUp(Math.max(covering, least), step));
    }
}
