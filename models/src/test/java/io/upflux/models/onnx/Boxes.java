package io.upflux.models.onnx;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSource;
import java.util.Random;
import reactor.core.publisher.Flux;

/**
 * Noise in which some boxes change from picture to picture, in all planes and up to the edges.
 *
 * @param length frames
 * @param count boxes more in each frame than in the one before
 */
public record Boxes(FrameFormat format, int length, int count, int seed) implements FrameSource {
    @Override
    public long estimatedFrames() {
        return length;
    }

    @Override
    public Flux<VideoFrame> frames(NativeScope scope) {
        return Flux.range(0, length).map(i -> frame(scope, i));
    }

    private VideoFrame frame(NativeScope scope, int index) {
        VideoFrame frame = scope.frame(format, index, 1);
        Random random = new Random(seed);
        for (Plane plane : frame.planes()) {
            fill(plane, 0, 0, plane.width(), plane.height(), random);
        }
        for (int box = 0; box < index * count; box++) {
            Plane plane = frame.plane(random.nextInt(3));
            int x = random.nextInt(plane.width());
            int y = random.nextInt(plane.height());
            fill(plane, x, y, Math.min(plane.width(), x + 5), Math.min(plane.height(), y + 5), random);
        }
        return frame;
    }

    private static void fill(Plane plane, int left, int top, int right, int bottom, Random random) {
        for (int y = top; y < bottom; y++) {
            for (int x = left; x < right; x++) {
                plane.data().put(y * plane.stride() + x, (byte) (90 + random.nextInt(80)));
            }
        }
    }

    @Override
    public void interrupt() {}

    @Override
    public void close() {}
}
