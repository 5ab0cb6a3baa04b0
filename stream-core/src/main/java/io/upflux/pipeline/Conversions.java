package io.upflux.pipeline;

import io.upflux.buffer.NativeScope;
import io.upflux.colour.BandWriter;
import io.upflux.colour.TileReader;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Plane;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.SuperResolver.Placed;
import io.upflux.pipeline.SuperResolver.TileShape;

/** What is done before and after inference, for a picture as nearly all video is: of a small network it is no small part. */
final class Conversions implements AutoCloseable {
    private final SuperResolver resolver;
    private final NativeScope scope = new NativeScope();
    private final VideoFrame source;
    private final VideoFrame upscaled;
    private final TileReader reader;
    private final BandWriter writer;
    private final int channels;
    private final int scale;

    /** @param side of the picture */
    Conversions(SuperResolver resolver, int side) {
        this.resolver = resolver;
        FrameFormat format = new FrameFormat(
                side,
                side,
                PixelLayout.yuv(8, 1, 1),
                ColourSpec.UNKNOWN_LIMITED,
                Rational.ONE,
                new Rational(1, 25),
                new Rational(25, 1));
        FrameFormat to = FrameUpscaler.upscaled(format, resolver);
        channels = resolver.traits().channels();
        scale = resolver.traits().scale();
        // Batches have planes only of formats that were asked about.
        resolver.takesPlanes(format, to);
        source = scope.frame(format, 0, 0);
        upscaled = scope.frame(to, 0, 0);
        reader = new TileReader(format, channels);
        writer = new BandWriter(to, channels, side, resolver.traits().onGpu());
        // Something that no network finds easy.
        for (Plane plane : source.planes()) {
            for (int i = 0; i < plane.data().capacity(); i++) {
                plane.data().put(i, (byte) (i * 37));
            }
        }
    }

    /** A batch of tiles, as a pipeline would have it; the caller's. */
    TileBatch newBatch(TileShape shape) {
        return resolver.newBatch(shape, source.format(), upscaled.format());
    }

    /** Fills a batch. */
    void read(Placed placed) {
        for (int item = 0; item < placed.places().size(); item++) {
            Gather.read(reader, channels, source, placed.places().get(item).tile(), placed.batch(), item);
        }
    }

    /** Joins what a batch holds. */
    void write(Placed placed) {
        for (int item = 0; item < placed.places().size(); item++) {
            Compose.join(
                    writer,
                    channels,
                    scale,
                    placed.batch(),
                    item,
                    placed.places().get(item).tile(),
                    upscaled);
        }
    }

    @Override
    public void close() {
        source.close();
        upscaled.close();
        scope.close();
    }
}
