package io.upflux.codecs.input;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout.Family;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;

/** Decoded frames as {@link VideoFrame}s, without copying. */
public final class PlaneViews {
    /** FFmpeg stores RGB planes as G, B, R. */
    private static final int[] RGB_ORDER = {2, 0, 1, 3};

    private PlaneViews() {}

    /** Takes over {@code frame}; it is freed with the last reference to the result. */
    public static VideoFrame adopt(AVFrame frame, FrameFormat format, NativeScope scope) {
        List<Plane> planes = new ArrayList<>(format.layout().planes());
        for (int i = 0; i < format.layout().planes(); i++) {
            int source = format.layout().family() == Family.RGB ? RGB_ORDER[i] : i;
            int stride = frame.linesize(source);
            int height = format.planeHeight(i);
            int size = stride * (height - 1)
                    + format.planeWidth(i) * format.layout().bytesPerSample();
            ByteBuffer view = frame.data(source).capacity(size).asByteBuffer().order(ByteOrder.nativeOrder());
            planes.add(new Plane(view, stride, format.planeWidth(i), height));
        }
        return new VideoFrame(
                format,
                planes,
                scope.adopt(planes.get(0).data(), () -> avutil.av_frame_free(frame)),
                frame.pts(),
                Math.max(frame.duration(), 0));
    }
}
