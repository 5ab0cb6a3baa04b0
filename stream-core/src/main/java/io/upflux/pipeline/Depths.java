package io.upflux.pipeline;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.HaltingMap;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.SuperResolver.Traits;
import io.upflux.tile.Tile;
import java.util.function.Consumer;

/** Joins the halting depths of tiles into one map a frame, as {@link Compose} joins their pixels. */
final class Depths {
    private final Traits traits;
    private final int width;
    private final int height;
    private final int tileWidth;
    private final int tileHeight;
    private final Consumer<HaltingMap> maps;

    /** @param maps is offered the map of each frame */
    Depths(FrameFormat from, TileShape shape, Traits traits, Consumer<HaltingMap> maps) {
        this.traits = traits;
        this.width = windows(from.width());
        this.height = windows(from.height());
        this.tileWidth = windows(shape.width());
        this.tileHeight = windows(shape.height());
        this.maps = maps;
    }

    /** Copies what a batch says of the core of its tile number {@code index}; nothing where its resolver does not halt. */
    void join(TileBatch batch, int index, Tile tile, FrameJob job) {
        if (batch.depths().capacity() == 0) {
            return;
        }
        byte[] depths = job.depths(width * height);
        int left = tile.coreX() / traits.window();
        int right = Math.min(width, windows(tile.coreX() + tile.coreWidth()));
        int bottom = Math.min(height, windows(tile.coreY() + tile.coreHeight()));
        for (int y = tile.coreY() / traits.window(); y < bottom; y++) {
            int row = index * tileHeight + y - tile.y() / traits.window();
            int from = row * tileWidth + left - tile.x() / traits.window();
            batch.depths().get(from, depths, y * width + left, right - left);
        }
    }

    /** All tiles of the frame were joined. */
    void finished(FrameJob job) {
        byte[] depths = job.depths(0);
        if (depths.length > 0) {
            maps.accept(new HaltingMap(job.source().pts(), width, height, traits.window(), traits.blocks(), depths));
        }
    }

    private int windows(int pixels) {
        return traits.window() == 0 ? 0 : (pixels + traits.window() - 1) / traits.window();
    }
}
