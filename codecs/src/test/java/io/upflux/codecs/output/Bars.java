package io.upflux.codecs.output;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Plane;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;

/** Pictures of vertical bars that wander. */
final class Bars {
    static final FrameFormat FORMAT = new FrameFormat(
            96,
            80,
            PixelLayout.YUV420P,
            ColourSpec.UNKNOWN_LIMITED,
            Rational.ONE,
            new Rational(1, 1000),
            new Rational(25, 1));

    private Bars() {}

    static VideoFrame frame(NativeScope scope, FrameFormat format, int number, long pts, long duration) {
        VideoFrame frame = scope.frame(format, pts, duration);
        int shift = Math.max(0, format.layout().depth() - 8);
        for (Plane plane : frame.planes()) {
            for (int y = 0; y < plane.height(); y++) {
                for (int x = 0; x < plane.width(); x++) {
                    int value = (40 + (((x + number * 2) / 16) % 2) * 120 + y % 16) << shift;
                    if (format.layout().bytesPerSample() == 1) {
                        plane.data().put(y * plane.stride() + x, (byte) value);
                    } else {
                        plane.data().putShort(y * plane.stride() + x * 2, (short) value);
                    }
                }
            }
        }
        return frame;
    }
}
