package io.upflux.reuse;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import java.nio.ByteBuffer;
import java.util.BitSet;

/** Copies chosen windows, in all planes, from one picture to another of the same size and layout. Stateless. */
public final class WindowCopy {
    private WindowCopy() {}

    /**
     * @param from borrowed
     * @param windows in raster order, as {@link WindowGrid} numbers them
     * @param to borrowed, written to
     */
    public static void copy(VideoFrame from, BitSet windows, VideoFrame to) {
        FrameFormat format = from.format();
        FrameFormat target = to.format();
        if (format.width() != target.width()
                || format.height() != target.height()
                || !format.layout().equals(target.layout())) {
            throw new IllegalArgumentException("windows are only copied between pictures of one size and layout");
        }
        WindowGrid grid = WindowGrid.of(format);
        int columns = grid.columns();
        int start = windows.nextSetBit(0);
        while (start >= 0) {
            int row = start / columns;
            int end = Math.min(windows.nextClearBit(start), (row + 1) * columns);
            for (int p = 0; p < from.planes().size(); p++) {
                copyRun(from, to, p, row, start - row * columns, end - row * columns);
            }
            start = windows.nextSetBit(end);
        }
    }

    private static void copyRun(VideoFrame from, VideoFrame to, int plane, int row, int firstColumn, int endColumn) {
        boolean subsampled = from.format().layout().isSubsampled(plane);
        int shiftX = subsampled ? from.format().layout().chromaShiftX() : 0;
        int shiftY = subsampled ? from.format().layout().chromaShiftY() : 0;
        int bytesPerSample = from.format().layout().bytesPerSample();
        Plane source = from.plane(plane);
        Plane target = to.plane(plane);
        int windowWidth = WindowGrid.WINDOW >> shiftX;
        int windowHeight = WindowGrid.WINDOW >> shiftY;
        int x = firstColumn * windowWidth * bytesPerSample;
        int bytes = Math.min(endColumn * windowWidth, source.width()) * bytesPerSample - x;
        int endRow = Math.min((row + 1) * windowHeight, source.height());
        ByteBuffer in = source.data();
        ByteBuffer out = target.data();
        for (int y = row * windowHeight; y < endRow; y++) {
            copyBytes(in, y * source.stride() + x, out, y * target.stride() + x, bytes);
        }
    }

    private static void copyBytes(ByteBuffer in, int at, ByteBuffer out, int to, int bytes) {
        // The usual single window is one word, far cheaper than a bulk copy's checks.
        if (bytes == 8 && in.order() == out.order()) {
            out.putLong(to, in.getLong(at));
        } else if (bytes == 4 && in.order() == out.order()) {
            out.putInt(to, in.getInt(at));
        } else {
            out.put(to, in, at, bytes);
        }
    }
}
