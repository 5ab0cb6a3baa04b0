package io.upflux.frame;

import io.upflux.buffer.NativeScope;
import java.util.Random;

/** Frames with content for tests. */
public final class TestFrames {
    private TestFrames() {}

    public static FrameFormat format(int width, int height, PixelLayout layout, ColourSpec colour) {
        return new FrameFormat(width, height, layout, colour, Rational.ONE, new Rational(1, 1000), new Rational(25, 1));
    }

    public static FrameFormat yuv420(int width, int height) {
        return format(width, height, PixelLayout.YUV420P, ColourSpec.UNKNOWN_LIMITED);
    }

    /** Smooth colours well inside the RGB gamut, plus noise, so that every code path has something to lose. */
    public static VideoFrame random(NativeScope scope, FrameFormat format, long pts, long seed) {
        VideoFrame frame = scope.frame(format, pts, 40);
        Random random = new Random(seed);
        boolean yuv = format.layout().family() == PixelLayout.Family.YUV;
        for (int p = 0; p < format.layout().planes(); p++) {
            Plane plane = frame.plane(p);
            int max = format.layout().maxValue();
            boolean chroma = yuv && (p == 1 || p == 2);
            double low = chroma ? 0.42 : 0.35;
            double span = chroma ? 0.16 : 0.3;
            for (int y = 0; y < plane.height(); y++) {
                for (int x = 0; x < plane.width(); x++) {
                    set(frame, p, x, y, (int) (max * (low + span * random.nextDouble())));
                }
            }
        }
        return frame;
    }

    public static int get(VideoFrame frame, int plane, int x, int y) {
        Plane p = frame.plane(plane);
        return frame.format().layout().bytesPerSample() == 1
                ? p.data().get(y * p.stride() + x) & 0xff
                : p.data().getShort(y * p.stride() + 2 * x) & 0xffff;
    }

    public static void set(VideoFrame frame, int plane, int x, int y, int code) {
        Plane p = frame.plane(plane);
        if (frame.format().layout().bytesPerSample() == 1) {
            p.data().put(y * p.stride() + x, (byte) code);
        } else {
            p.data().putShort(y * p.stride() + 2 * x, (short) code);
        }
    }

    /** The largest difference of any sample. */
    public static int distance(VideoFrame a, VideoFrame b) {
        int worst = 0;
        for (int p = 0; p < a.planes().size(); p++) {
            for (int y = 0; y < a.plane(p).height(); y++) {
                for (int x = 0; x < a.plane(p).width(); x++) {
                    worst = Math.max(worst, Math.abs(get(a, p, x, y) - get(b, p, x, y)));
                }
            }
        }
        return worst;
    }
}
