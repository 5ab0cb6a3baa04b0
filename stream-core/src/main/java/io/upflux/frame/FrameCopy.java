package io.upflux.frame;

import java.nio.ByteBuffer;

/** Copies rectangles of code values between frames of one layout, alpha aside. Positions lie on the chroma grid. Stateless. */
public final class FrameCopy {
    private FrameCopy() {}

    /**
     * Fills a frame with a part of another one, whose edge repeats where that ends.
     *
     * @param from borrowed
     * @param x of the part's first column in luma samples, inside {@code from}
     * @param y of its first row, likewise
     * @param to borrowed, as large as the part
     */
    public static void fill(VideoFrame from, int x, int y, VideoFrame to) {
        FrameFormat format = sameSamples(from, to);
        for (int p = 0; p < format.layout().colourPlanes(); p++) {
            Plane source = from.plane(p);
            Plane target = to.plane(p);
            int bytesPerSample = format.layout().bytesPerSample();
            int left = format.layout().planeWidth(p, x);
            int top = format.layout().planeHeight(p, y);
            int inside = Math.min(source.width() - left, target.width());
            for (int row = 0; row < target.height(); row++) {
                int at = row * target.stride();
                int start = Math.min(top + row, source.height() - 1) * source.stride() + left * bytesPerSample;
                target.data().put(at, source.data(), start, inside * bytesPerSample);
                repeatLast(target.data(), at, inside, target.width(), bytesPerSample);
            }
        }
    }

    /**
     * Copies a part of a frame to where it belongs in another one, as far as it lies inside.
     *
     * @param from borrowed
     * @param fromX of the part's first column in luma samples
     * @param fromY of its first row
     * @param to borrowed
     * @param x of its first column there
     * @param y of its first row there
     */
    public static void put(VideoFrame from, int fromX, int fromY, int width, int height, VideoFrame to, int x, int y) {
        FrameFormat format = sameSamples(from, to);
        PixelLayout layout = format.layout();
        int columns = Math.min(width, to.format().width() - x);
        int rows = Math.min(height, to.format().height() - y);
        if (columns <= 0 || rows <= 0) {
            return;
        }
        int bytesPerSample = layout.bytesPerSample();
        for (int p = 0; p < layout.colourPlanes(); p++) {
            Plane source = from.plane(p);
            Plane target = to.plane(p);
            int bytes = layout.planeWidth(p, columns) * bytesPerSample;
            int start = layout.planeHeight(p, fromY) * source.stride() + layout.planeWidth(p, fromX) * bytesPerSample;
            int at = layout.planeHeight(p, y) * target.stride() + layout.planeWidth(p, x) * bytesPerSample;
            for (int row = 0; row < layout.planeHeight(p, rows); row++) {
                target.data().put(at + row * target.stride(), source.data(), start + row * source.stride(), bytes);
            }
        }
    }

    private static FrameFormat sameSamples(VideoFrame from, VideoFrame to) {
        FrameFormat format = from.format();
        if (!format.layout().withAlpha(false).equals(to.format().layout().withAlpha(false))) {
            throw new IllegalArgumentException(
                    format.layout() + " cannot be copied to " + to.format().layout());
        }
        return format;
    }

    private static void repeatLast(ByteBuffer row, int at, int from, int to, int bytesPerSample) {
        for (int i = from; i < to; i++) {
            if (bytesPerSample == 1) {
                row.put(at + i, row.get(at + from - 1));
            } else {
                row.putShort(at + 2 * i, row.getShort(at + 2 * (from - 1)));
            }
        }
    }
}
