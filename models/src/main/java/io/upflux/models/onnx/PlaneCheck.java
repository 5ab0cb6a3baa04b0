package io.upflux.models.onnx;

import ai.onnxruntime.OrtException;
import io.upflux.buffer.Closer;
import io.upflux.buffer.NativeScope;
import io.upflux.colour.TileReader;
import io.upflux.colour.TileWriter;
import io.upflux.frame.FrameCopy;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.TileBatch;
import io.upflux.pipeline.TilePlanes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Whether a device converts colour as {@link TileReader} and {@link TileWriter} do, which no error code tells. */
final class PlaneCheck {
    private final FrameFormat from;
    private final FrameFormat to;

    /**
     * @param from format of a picture that fills a tile
     * @param to format of the upscaled picture
     */
    PlaneCheck(FrameFormat from, FrameFormat to) {
        this.from = from;
        this.to = to;
    }

    /** Computes a batch. */
    @FunctionalInterface
    interface Inference {
        void run(TileBatch batch) throws OrtException;
    }

    /**
     * Runs the network both ways over the same picture.
     *
     * @param samples a batch of one
     * @param converting the same with planes
     * @param network by which both are computed
     * @return what is wrong, null for nothing
     */
    @Nullable
    String flaw(TileBatch samples, TileBatch converting, Inference network) throws OrtException {
        TilePlanes planes = Objects.requireNonNull(converting.planes(), "planes");
        try (Closer owned = new Closer()) {
            NativeScope scope = owned.own(new NativeScope());
            VideoFrame source = owned.own(scope.frame(from, VideoFrame.NO_PTS, 0));
            VideoFrame expected = owned.own(scope.frame(to, VideoFrame.NO_PTS, 0));
            draw(source);
            new TileReader(from, 3).read(source, 0, 0, from.width(), from.height(), samples.input(), 0);
            network.run(samples);
            new TileWriter(to, 3, from.height())
                    .write(
                            new TileWriter.Samples(samples.output(), 0, to.width(), to.height(), 0, 0),
                            0,
                            0,
                            to.width(),
                            to.height(),
                            expected);
            FrameCopy.fill(source, 0, 0, planes.inputs().get(0));
            network.run(converting);
            int off = difference(expected, planes.outputs().get(0));
            if (off > tolerance(to)) {
                return "it is off by " + off + " code values";
            }
            return Float.isFinite(planes.sums().get(0)) ? null : "its sums are no numbers";
        }
    }

    /** Code values that rounding may come to, here and in a network that computes in float16. */
    private static int tolerance(FrameFormat format) {
        return 1 + (1 << (format.layout().depth() - 8));
    }

    /** Waves and edges, in colour. */
    private static void draw(VideoFrame frame) {
        int unit = 1 << (frame.format().layout().depth() - 8);
        for (int p = 0; p < 3; p++) {
            Plane plane = frame.plane(p);
            for (int y = 0; y < plane.height(); y++) {
                for (int x = 0; x < plane.width(); x++) {
                    double wave = Math.sin(x * (0.2 + 0.1 * p)) * Math.cos(y * 0.15) + (x / 8 + y / 8) % 2 * 0.3;
                    int code = (int) (unit * (120 + 50 * wave));
                    if (unit == 1) {
                        plane.data().put(y * plane.stride() + x, (byte) code);
                    } else {
                        plane.data().putShort(y * plane.stride() + 2 * x, (short) code);
                    }
                }
            }
        }
    }

    private static int difference(VideoFrame one, VideoFrame other) {
        int largest = 0;
        for (int p = 0; p < 3; p++) {
            for (int y = 0; y < one.plane(p).height(); y++) {
                for (int x = 0; x < one.plane(p).width(); x++) {
                    largest = Math.max(largest, Math.abs(code(one, p, x, y) - code(other, p, x, y)));
                }
            }
        }
        return largest;
    }

    private static int code(VideoFrame frame, int p, int x, int y) {
        Plane plane = frame.plane(p);
        return frame.format().layout().bytesPerSample() == 1
                ? plane.data().get(y * plane.stride() + x) & 0xff
                : plane.data().getShort(y * plane.stride() + 2 * x);
    }
}
