package io.upflux.models.fallback;

import io.upflux.colour.TileReader;
import io.upflux.colour.TileWriter;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.SuperResolver.Traits;
import io.upflux.pipeline.TileBatch;
import io.upflux.pipeline.TilePlanes;
import io.upflux.tile.Tile;
import java.nio.FloatBuffer;

/** Parts of tiles that are code values, as the samples that every resolver takes. Stateless. */
final class PlanePieces {
    /** What chroma is at most subsampled by. */
    private static final int STEP = 2;

    /** One value in so many: what is no number fills at least a square as large as a network reaches. */
    private static final int LOOKED_AT = 257;

    private PlanePieces() {}

    /** LR pixels around a part that its chroma weighs. */
    static int reach(int scale) {
        return (TileWriter.REACH + scale - 1) / scale;
    }

    /** Of parts, where that of the network's tiles is {@code align}. */
    static int align(int align) {
        return align % STEP == 0 ? align : align * STEP;
    }

    /** Fills a batch of one with the part of a tile that begins at ({@code x}, {@code y}). */
    static void read(TilePlanes from, int item, int x, int y, TileBatch part, Traits traits) {
        VideoFrame tile = from.inputs().get(item);
        from.sums().put(item, 0);
        new TileReader(tile.format(), traits.channels())
                .read(tile, x, y, part.shape().width(), part.shape().height(), part.input(), 0);
    }

    /**
     * Writes what became of it.
     *
     * @param core what it contributes, in LR pixels of the tile
     */
    static void write(TileBatch part, int x, int y, Tile core, TilePlanes to, int item, Traits traits) {
        int scale = traits.scale();
        VideoFrame tile = to.outputs().get(item);
        int width = part.shape().width() * scale;
        int height = part.shape().height() * scale;
        new TileWriter(tile.format(), traits.channels(), tile.format().height())
                .write(
                        new TileWriter.Samples(part.output(), 0, width, height, x * scale, y * scale),
                        core.coreX() * scale,
                        core.coreY() * scale,
                        core.coreWidth() * scale,
                        core.coreHeight() * scale,
                        tile);
        to.sums().put(item, to.sums().get(item) + sum(part.output(), traits.channels() * width * height));
    }

    /** No number where one of those looked at is none. */
    private static float sum(FloatBuffer samples, int count) {
        float sum = 0;
        for (int i = 0; i < count; i += LOOKED_AT) {
            sum += samples.get(i);
        }
        return sum;
    }
}
