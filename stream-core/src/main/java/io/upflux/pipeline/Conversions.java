package io.upflux.pipeline;

import io.upflux.buffer.NativeScope;
import io.upflux.colour.TileReader;
import io.upflux.colour.TileWriter;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Plane;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.SuperResolver.Place;
import io.upflux.pipeline.SuperResolver.Placed;
import io.upflux.tile.Tile;

/** What is done before and after inference, for a picture as nearly all video is: of a small network it is no small part. */
final class Conversions implements AutoCloseable {
    private final NativeScope scope = new NativeScope();
    private final VideoFrame source;
    private final VideoFrame upscaled;
    private final TileReader reader;
    private final TileWriter writer;
    private final int channels;
    private final int scale;

    /** @param side of the picture */
    Conversions(SuperResolver resolver, int side) {
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
        source = scope.frame(format, 0, 0);
        upscaled = scope.frame(to, 0, 0);
        reader = new TileReader(format, channels);
        writer = new TileWriter(to, channels, side);
        // Something that no network finds easy.
        for (Plane plane : source.planes()) {
            for (int i = 0; i < plane.data().capacity(); i++) {
                plane.data().put(i, (byte) (i * 37));
            }
        }
    }

    /** Fills a batch. */
    void read(Placed placed) {
        int margin = placed.batch().margin();
        int width = placed.batch().shape().width() + 2 * margin;
        int height = placed.batch().shape().height() + 2 * margin;
        int at = 0;
        for (Place place : placed.places()) {
            Tile tile = place.tile();
            reader.read(
                    source,
                    tile.x() - margin,
                    tile.y() - margin,
                    width,
                    height,
                    placed.batch().input(),
                    at);
            at += channels * width * height;
        }
    }

    /** Joins what a batch holds. */
    void write(Placed placed) {
        int width = placed.batch().shape().width() * scale;
        int height = placed.batch().shape().height() * scale;
        int at = 0;
        for (Place place : placed.places()) {
            Tile tile = place.tile();
            writer.write(
                    new TileWriter.Samples(
                            placed.batch().output(), at, width, height, tile.x() * scale, tile.y() * scale),
                    tile.coreX() * scale,
                    tile.coreY() * scale,
                    tile.coreWidth() * scale,
                    tile.coreHeight() * scale,
                    upscaled);
            at += channels * width * height;
        }
    }

    @Override
    public void close() {
        source.close();
        upscaled.close();
        scope.close();
    }
}
