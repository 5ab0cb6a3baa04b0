package io.upflux.models.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;
import io.upflux.pipeline.SuperResolver.Place;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.tile.Tile;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tiles of a stream's pictures that a network of two stages computes in one go.
 *
 * @param told how many blocks each of their windows passes; null where nobody tells them
 * @param window side of a window in LR pixels
 */
record WholeTiles(OnnxBatch tiles, List<Place> places, byte @Nullable [] told, int window) {
    /** What a whole picture costs whose depths the graph estimates, where one that is told them costs 1, as measured. */
    private static final double ESTIMATING = 1.1;

    /** By what is known now of how deep windows go. */
    static WholeTiles of(
            OnnxBatch tiles, List<Place> places, StreamMemory memory, @Nullable SeenContext context, int window) {
        return new WholeTiles(tiles, places, told(tiles.shape(), places, memory, context, window), window);
    }

    /**
     * Depths of all windows of a batch of tiles, halos included; those of places that are not filled pass one block. Null
     * where windows do not halt, or the tile sees all of its picture and had better decide by itself.
     */
    private static byte @Nullable [] told(
            TileShape shape, List<Place> places, StreamMemory memory, @Nullable SeenContext context, int window) {
        KnownDepths known = memory.depths();
        if (known == null) {
            return null;
        }
        int columns = shape.width() / window;
        int rows = shape.height() / window;
        byte[] depths = new byte[shape.batch() * rows * columns];
        Arrays.fill(depths, (byte) 1);
        int sum = 0;
        int unknown = 0;
        for (int item = 0; item < places.size(); item++) {
            Tile tile = places.get(item).tile();
            for (int i = 0; i < rows * columns; i++) {
                int x = tile.x() + i % columns * window;
                int y = tile.y() + i / columns * window;
                byte depth = known.at(x, y);
                depths[item * rows * columns + i] = depth;
                sum += depth;
                unknown += known.has(x, y) ? 0 : 1;
            }
        }
        boolean free = context == null && memory.isWhole(places.get(0).tile());
        return free && sum > ESTIMATING * known.supposed(sum, unknown, depths.length) ? null : depths;
    }

    /** Fills the output, leaves the features there, and takes note of how deep windows should go next time. */
    void compute(StreamMemory memory, @Nullable SeenContext context, RunOptions options) throws OrtException {
        byte[] needed;
        if (told == null) {
            tiles.run(places, context, memory, options);
            needed = new byte[tiles.depths().capacity()];
            tiles.depths().get(0, needed);
        } else {
            SeenContext seen = Objects.requireNonNull(memory.contextOr(context), "context");
            needed = tiles.run(seen, told, options);
        }
        if (memory.depths() != null) {
            note(memory.depths(), needed);
        }
    }

    /** Takes note of how many blocks the windows of the cores need. */
    private void note(KnownDepths known, byte[] needed) {
        int columns = tiles.shape().width() / window;
        int all = tiles.shape().height() / window * columns;
        for (int item = 0; item < places.size(); item++) {
            Tile tile = places.get(item).tile();
            for (int i = 0; i < all; i++) {
                int x = tile.x() + i % columns * window;
                int y = tile.y() + i / columns * window;
                boolean core = x + window > tile.coreX()
                        && y + window > tile.coreY()
                        && x < tile.coreX() + tile.coreWidth()
                        && y < tile.coreY() + tile.coreHeight();
                if (core) {
                    known.found(x, y, needed[item * all + i]);
                }
            }
        }
    }
}
