package io.upflux.server.bench;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A few real frames, copied, to feed a stage without the stage before it. They are handed out forwards and backwards in
 * turn, so that motion looks natural to an encoder.
 */
final class KeptFrames implements AutoCloseable {
    private final NativeScope scope = new NativeScope();
    private final List<VideoFrame> frames = new ArrayList<>();

    /** Copies; the original stays its owner's. */
    void keep(VideoFrame frame) {
        frames.add(copy(frame, scope, frame.pts(), frame.duration()));
    }

    int size() {
        return frames.size();
    }

    FrameFormat format() {
        return frames.get(0).format();
    }

    /** The frame that was kept as number {@code index}, from 0, still owned by this object. */
    VideoFrame get(int index) {
        return frames.get(index);
    }

    /** The frame to use as number {@code index} of an endless clip, still owned by this object. */
    VideoFrame at(int index) {
        int last = frames.size() - 1;
        int phase = last == 0 ? 0 : index % (2 * last);
        return frames.get(phase <= last ? phase : 2 * last - phase);
    }

    /** A copy of {@link #at} with a time of its own, for the caller to own. */
    VideoFrame copyAt(int index, NativeScope to, long pts, long duration) {
        return copy(at(index), to, pts, duration);
    }

    @Override
    public void close() {
        scope.close();
    }

    private static VideoFrame copy(VideoFrame frame, NativeScope scope, long pts, long duration) {
        VideoFrame copy = scope.frame(frame.format(), pts, duration);
        int bytesPerSample = frame.format().layout().bytesPerSample();
        for (int p = 0; p < frame.planes().size(); p++) {
            Plane from = frame.plane(p);
            Plane to = copy.plane(p);
            ByteBuffer source = from.data();
            for (int y = 0; y < from.height(); y++) {
                to.data().put(y * to.stride(), source, y * from.stride(), from.width() * bytesPerSample);
            }
        }
        return copy;
    }
}
