package io.upflux.models.fallback;

import io.upflux.colour.TileReader;
import io.upflux.colour.TileWriter;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.SuperResolver.Traits;
import io.upflux.pipeline.TileBatch;
import io.upflux.pipeline.TilePlanes;
import io.upflux.tile.Tile;
import java.nio.FloatBuffer;

/** Parts of tiles that are code values, as the samples that every resolver takes. Stateless. */
final class PlanePieces {
    private PlanePieces() {}

    /** LR pixels around a part that its chroma weighs. */
    static int reach(TilePlanes tiles, int scale) {
        return TileWriter.reach(tiles.outputs().get(0).format().layout(), scale);
    }

    /** Of parts, where that of the network's tiles is {@code align}. */
    static int align(TilePlanes tiles, int align) {
        boolean even = isSubsampled(tiles.inputs().get(0))
                || isSubsampled(tiles.outputs().get(0));
        return even && align % 2 > 0 ? 2 * align : align;
    }

    private static boolean isSubsampled(VideoFrame tile) {
        PixelLayout layout = tile.format().layout();
        return layout.chromaShiftX() + layout.chromaShiftY() > 0;
    }

    /** Fills a batch of one with the part of a tile that begins at ({@code x}, {@code y}), of which nothing is summed yet. */
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

    private static float sum(FloatBuffer samples, int count) {
        float sum = 0;
        for (int i = 0; i < count; i++) {
            sum += samples.get(i);
        }
        return sum;
    }
}
