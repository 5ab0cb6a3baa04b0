package io.upflux.models.onnx;

import io.upflux.models.onnx.Contract.Size;
import io.upflux.models.tile.TileChoice;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.SuperResolver.Traits;

/**
 * In which shapes a model computes tiles.
 *
 * @param free which one it would choose, were it free to
 */
record TileShapes(Contract contract, Traits traits, TileChoice free) {
    /**
     * LR pixels of a tile on the CPU. Time per computed pixel hardly depends on it from 8 K to 2 M pixels, so larger tiles
     * only save halo: this one costs 3 % more than a whole frame and a quarter of its memory at 1920x1080.
     */
    private static final int CPU_TILE_PIXELS = 1 << 19;

    /**
     * The same for attention in windows, which holds 3 KB a pixel with 32 channels: 0.8 GB a tile. Smaller ones are
     * computed as fast, but their halos cost more.
     */
    private static final int CPU_WINDOWED_TILE_PIXELS = 1 << 18;

    /** A GPU wants fewer and larger calls. */
    private static final int GPU_TILE_PIXELS = 1920 * 1088;

    static TileShapes of(Contract contract, Traits traits) {
        int onCpu = contract.window() > 0 ? CPU_WINDOWED_TILE_PIXELS : CPU_TILE_PIXELS;
        int pixels = traits.onGpu() ? GPU_TILE_PIXELS : onCpu;
        return new TileShapes(contract, traits, new TileChoice(pixels, traits.halo(), contract.align()));
    }

    /** As {@link io.upflux.pipeline.SuperResolver#tileFor}. */
    TileShape forFrame(int frameWidth, int frameHeight) {
        int batch = Math.max(1, contract.batch());
        Size fixed = contract.tile();
        if (fixed != null) {
            return new TileShape(batch, fixed.width(), fixed.height());
        }
        TileShape shape = free.forFrame(frameWidth, frameHeight);
        return new TileShape(batch, shape.width(), shape.height());
    }

    /** @throws StreamException when the model does not run batches of this shape */
    void require(TileShape shape) {
        Size fixed = contract.tile();
        if (fixed != null && (shape.width() != fixed.width() || shape.height() != fixed.height())) {
            throw new StreamException(traits.name() + ": runs tiles of " + fixed + " only, not of " + shape.width()
                    + "x" + shape.height());
        }
        if (contract.batch() > 0 && shape.batch() != contract.batch()) {
            throw new StreamException(
                    traits.name() + ": runs batches of " + contract.batch() + " only, not of " + shape.batch());
        }
        if (shape.width() % traits.align() != 0 || shape.height() % traits.align() != 0) {
            throw new StreamException(traits.name() + ": tiles of " + shape.width() + "x" + shape.height()
                    + " are not multiples of " + traits.align());
        }
    }
}
