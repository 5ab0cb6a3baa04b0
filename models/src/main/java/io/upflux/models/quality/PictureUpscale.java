package io.upflux.models.quality;

import io.upflux.frame.HaltingShares;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.Depths;
import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.SuperResolver.Traits;
import io.upflux.pipeline.TileBatch;
import io.upflux.tile.SamplePlan;
import io.upflux.tile.SamplePlan.Position;
import io.upflux.tile.Tile;
import io.upflux.tile.TilePlan;

/**
 * Enlarges one 8-bit picture: as one tile where that fits, so that joins cannot be part of a figure. Luma-only networks
 * see Y with black at 0 and white at 1, as they do in video; their chroma is resized.
 */
final class PictureUpscale {
    /** LR pixels up to which a picture is one tile. */
    private static final int WHOLE = 1 << 20;

    private final SuperResolver resolver;
    private final Traits traits;
    private final HaltingShares halting = new HaltingShares();

    PictureUpscale(SuperResolver resolver) {
        this.resolver = resolver;
        this.traits = resolver.traits();
    }

    /** Which windows halted so far. */
    HaltingShares halting() {
        return halting;
    }

    RgbPicture apply(RgbPicture small) {
        int width = small.width() * traits.scale();
        int height = small.height() * traits.scale();
        if (traits.channels() == 1) {
            double[] y = YChannel.of(small);
            for (int i = 0; i < y.length; i++) {
                y[i] = (y[i] - 16) / 219;
            }
            double[] luma = run(new double[][] {y}, small.width(), small.height())[0];
            for (int i = 0; i < luma.length; i++) {
                luma[i] = 16 + 219 * luma[i];
            }
            double[] cb = MatlabResize.resize(YChannel.cb(small), small.width(), small.height(), width, height);
            double[] cr = MatlabResize.resize(YChannel.cr(small), small.width(), small.height(), width, height);
            return YChannel.toRgb(width, height, luma, cb, cr);
        }
        double[][] planes = new double[3][small.width() * small.height()];
        for (int i = 0; i < small.rgb().length; i++) {
            planes[i % 3][i / 3] = (small.rgb()[i] & 0xff) / 255.0;
        }
        double[][] made = run(planes, small.width(), small.height());
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = RgbPicture.toByte(255 * made[i % 3][i / 3]);
        }
        return new RgbPicture(width, height, rgb);
    }

    private double[][] run(double[][] planes, int width, int height) {
        TileShape shape = shape(width, height);
        TilePlan plan = TilePlan.cover(width, height, shape.width(), shape.height(), traits.halo(), traits.align());
        double[][] out = new double[planes.length][width * height * traits.scale() * traits.scale()];
        Depths depths = new Depths(width, height, traits);
        byte[] joined = depths.none();
        try (TileBatch batch = resolver.newBatch(shape)) {
            PictureContext context = plan.tiles().size() == 1 ? PictureContext.NONE : look(planes, width, height);
            for (Tile tile : plan.tiles()) {
                fill(batch, 0, tile.x(), tile.y(), planes, width, height);
                resolver.upscale(batch, context);
                collect(batch, tile, out, width, height);
                depths.join(batch, 0, tile, joined);
            }
        }
        if (joined.length > 0) {
            halting.add(depths.map(VideoFrame.NO_PTS, joined));
        }
        return out;
    }

    /** As in video, too. */
    private PictureContext look(double[][] planes, int width, int height) {
        TileShape shape = resolver.samples(width, height).orElse(null);
        if (shape == null) {
            return PictureContext.NONE;
        }
        SamplePlan plan =
                SamplePlan.spread(shape.batch(), width, height, shape.width(), shape.height(), traits.align());
        try (TileBatch samples = resolver.newSamples(shape)) {
            int tile = 0;
            for (Position position : plan.positions()) {
                fill(samples, tile++, position.x(), position.y(), planes, width, height);
            }
            return resolver.look(samples);
        }
    }

    private TileShape shape(int width, int height) {
        TileShape least = resolver.tileFor(traits.align(), traits.align());
        boolean fixed = least.width() > traits.align() || least.height() > traits.align();
        int wholeWidth = TilePlan.roundUp(width, traits.align());
        int wholeHeight = TilePlan.roundUp(height, traits.align());
        if (fixed || (long) wholeWidth * wholeHeight > WHOLE) {
            return resolver.tileFor(width, height);
        }
        return new TileShape(least.batch(), wholeWidth, wholeHeight);
    }

    /** Beyond the picture its edge repeats, as in video. Only the first tile of a batch is enlarged. */
    private static void fill(TileBatch batch, int tile, int left, int top, double[][] planes, int width, int height) {
        int w = batch.shape().width();
        int h = batch.shape().height();
        for (int c = 0; c < planes.length; c++) {
            for (int y = 0; y < h; y++) {
                int row = Math.min(top + y, height - 1) * width;
                int to = ((tile * planes.length + c) * h + y) * w;
                for (int x = 0; x < w; x++) {
                    double sample = planes[c][row + Math.min(left + x, width - 1)];
                    batch.input().put(to + x, (float) sample);
                }
            }
        }
    }

    private void collect(TileBatch batch, Tile tile, double[][] out, int width, int height) {
        int scale = traits.scale();
        int w = batch.shape().width() * scale;
        int h = batch.shape().height() * scale;
        int right = Math.min(tile.coreX() + tile.coreWidth(), width) * scale;
        int bottom = Math.min(tile.coreY() + tile.coreHeight(), height) * scale;
        for (int c = 0; c < out.length; c++) {
            for (int y = tile.coreY() * scale; y < bottom; y++) {
                int row = (c * h + y - tile.y() * scale) * w - tile.x() * scale;
                for (int x = tile.coreX() * scale; x < right; x++) {
                    out[c][y * width * scale + x] = batch.output().get(row + x);
                }
            }
        }
    }
}
