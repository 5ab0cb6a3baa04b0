package io.upflux.pipeline;

import io.upflux.frame.HaltingMap;
import io.upflux.pipeline.SuperResolver.Traits;
import io.upflux.tile.Tile;

/** Joins the halting depths of a picture's tiles into one map, where their pixels are joined. */
public final class Depths {
    private final Traits traits;
    private final int width;
    private final int height;

    /**
     * @param frameWidth of the pictures, in LR pixels
     * @param traits of the resolver, which need not halt
     */
    public Depths(int frameWidth, int frameHeight, Traits traits) {
        this.traits = traits;
        this.width = windows(frameWidth);
        this.height = windows(frameHeight);
    }

    /** Room for the depths of one picture, all 0 yet; of length 0 where nothing halts. */
    public byte[] none() {
        return new byte[width * height];
    }

    /**
     * Copies what a batch says of the core of one of its tiles.
     *
     * @param index of the tile in the batch
     * @param depths of the tile's picture, of {@link #none}
     */
    public void join(TileBatch batch, int index, Tile tile, byte[] depths) {
        if (depths.length == 0) {
            return;
        }
        int tileWidth = windows(batch.shape().width());
        int tileHeight = windows(batch.shape().height());
        int left = tile.coreX() / traits.window();
        int right = Math.min(width, windows(tile.coreX() + tile.coreWidth()));
        int bottom = Math.min(height, windows(tile.coreY() + tile.coreHeight()));
        for (int y = tile.coreY() / traits.window(); y < bottom; y++) {
            int row = index * tileHeight + y - tile.y() / traits.window();
            int from = row * tileWidth + left - tile.x() / traits.window();
            batch.depths().get(from, depths, y * width + left, right - left);
        }
    }

    /**
     * @param pts of the picture
     * @param depths with all of its tiles joined, not empty; the map takes them over
     */
    public HaltingMap map(long pts, byte[] depths) {
        return new HaltingMap(pts, width, height, traits.window(), traits.blocks(), depths);
    }

    private int windows(int pixels) {
        return traits.blocks() == 0 ? 0 : (pixels + traits.window() - 1) / traits.window();
    }
}
