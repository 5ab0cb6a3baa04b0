package io.upflux.models.onnx;

import io.upflux.buffer.Closer;
import io.upflux.buffer.NativeScope;
import io.upflux.colour.TileReader;
import io.upflux.colour.TileWriter;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameCopy;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Plane;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.TileBatch;
import io.upflux.pipeline.TilePlanes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Whether a device converts colour as {@link TileReader} and {@link TileWriter} do. */
final class PlaneCheck {
    /** Codes of 8 bits that roundings may come to, here and in the network. */
    private static final int TOLERANCE = 3;

    private PlaneCheck() {}

    /** @param resolver that takes planes. @return null for none */
    static @Nullable String flaw(OnnxResolver resolver) {
        int step = 2 * resolver.traits().align();
        int side = (Inspection.PROBE_SIDE + step - 1) / step * step;
        TileShape shape = resolver.tileFor(side, side);
        if (shape.width() % 2 + shape.height() % 2 > 0) {
            return "its tiles have odd sides";
        }
        FrameFormat from = new FrameFormat(
                shape.width(),
                shape.height(),
                PixelLayout.YUV420P,
                ColourSpec.UNKNOWN_LIMITED,
                Rational.ONE,
                new Rational(1, 25),
                new Rational(25, 1));
        int scale = resolver.traits().scale();
        FrameFormat to = from.withSize(scale * shape.width(), scale * shape.height());
        try (Closer owned = new Closer()) {
            NativeScope scope = owned.own(new NativeScope());
            VideoFrame source = owned.own(scope.frame(from, VideoFrame.NO_PTS, 0));
            draw(source);
            VideoFrame expected = owned.own(scope.frame(to, VideoFrame.NO_PTS, 0));
            VideoFrame made = owned.own(scope.frame(to, VideoFrame.NO_PTS, 0));
            bySamples(resolver, shape, source, expected);
            byPlanes(resolver, shape, source, made);
            int off = difference(expected, made);
            return off > TOLERANCE ? "it is off by " + off + " code values" : null;
        } catch (StreamException | OutOfMemoryError e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** Waves and edges, in colour. */
    private static void draw(VideoFrame frame) {
        for (int p = 0; p < 3; p++) {
            Plane plane = frame.plane(p);
            for (int y = 0; y < plane.height(); y++) {
                for (int x = 0; x < plane.width(); x++) {
                    double wave = Math.sin(x * (0.2 + 0.1 * p)) * Math.cos(y * 0.15) + (x / 8 + y / 8) % 2 * 0.3;
                    plane.data().put(y * plane.stride() + x, (byte) (120 + 50 * wave));
                }
            }
        }
    }

    private static void bySamples(SuperResolver resolver, TileShape shape, VideoFrame source, VideoFrame to) {
        int width = shape.width();
        int height = shape.height();
        int scale = resolver.traits().scale();
        try (TileBatch batch = resolver.newBatch(shape)) {
            new TileReader(source.format(), 3).read(source, 0, 0, width, height, batch.input(), 0);
            resolver.upscale(batch, PictureContext.NONE);
            new TileWriter(to.format(), 3, height)
                    .write(
                            new TileWriter.Samples(batch.output(), 0, scale * width, scale * height, 0, 0),
                            0,
                            0,
                            scale * width,
                            scale * height,
                            to);
        }
    }

    private static void byPlanes(SuperResolver resolver, TileShape shape, VideoFrame source, VideoFrame to) {
        int scale = resolver.traits().scale();
        try (TileBatch batch = resolver.newBatch(shape, source.format(), to.format())) {
            TilePlanes planes = Objects.requireNonNull(batch.planes(), "planes");
            FrameCopy.fill(source, 0, 0, planes.inputs().get(0));
            resolver.upscale(batch, PictureContext.NONE);
            FrameCopy.put(planes.outputs().get(0), 0, 0, scale * shape.width(), scale * shape.height(), to, 0, 0);
        }
    }

    private static int difference(VideoFrame one, VideoFrame other) {
        int largest = 0;
        for (int p = 0; p < 3; p++) {
            Plane a = one.plane(p);
            Plane b = other.plane(p);
            for (int y = 0; y < a.height(); y++) {
                for (int x = 0; x < a.width(); x++) {
                    int first = a.data().get(y * a.stride() + x) & 0xff;
                    int second = b.data().get(y * b.stride() + x) & 0xff;
                    largest = Math.max(largest, Math.abs(first - second));
                }
            }
        }
        return largest;
    }
}
