package io.upflux.reuse;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import java.nio.ByteBuffer;

/**
 * Adapts windows of an upscaled picture to a small change of the source: HR + enlarged(LR now - LR then), sample by
 * sample in the planes' own code values.
 *
 * <p>The difference is enlarged bilinearly, samples taken as centred in their areas, its own edge samples repeated beyond
 * the window: what changes everywhere alike, as in a fade, is followed exactly, and nothing of a neighbour's change, which
 * has another "then", comes in. Sums are exact in integers and rounded once, halves up; results are clipped to the
 * range of codes. One thread at a time.
 */
public final class FirstOrderUpdate {
    private final FrameFormat low;
    private final int scale;
    private final int[] near;
    private final int[] shift;
    private final int[][] difference = new int[WindowGrid.WINDOW][WindowGrid.WINDOW];
    private final int[][] wide;
    private final int[] change;

    /**
     * @param low format of the source pictures; upscaled ones have the same layout and colour
     * @param scale factor in both directions
     */
    public FirstOrderUpdate(FrameFormat low, int scale) {
        this.low = low;
        this.scale = scale;
        this.wide = new int[WindowGrid.WINDOW][WindowGrid.WINDOW * scale];
        this.change = new int[WindowGrid.WINDOW * scale];
        this.near = new int[scale];
        this.shift = new int[scale];
        for (int phase = 0; phase < scale; phase++) {
            // Of the sample's distance from the centre of its LR sample, in 2 * scale parts of one.
            int offset = 2 * phase + 1 - scale;
            near[phase] = 2 * scale - Math.abs(offset);
            shift[phase] = Integer.signum(offset);
        }
    }

    /**
     * Adapts one window in all colour planes.
     *
     * @param column of the window
     * @param now the source picture
     * @param then the source picture that the window of {@code high} was computed from
     * @param high the picture to adapt
     */
    public void apply(int column, int row, VideoFrame now, VideoFrame then, VideoFrame high) {
        for (int plane = 0; plane < low.layout().colourPlanes(); plane++) {
            boolean subsampled = low.layout().isSubsampled(plane);
            int sideX = WindowGrid.WINDOW >> (subsampled ? low.layout().chromaShiftX() : 0);
            int sideY = WindowGrid.WINDOW >> (subsampled ? low.layout().chromaShiftY() : 0);
            Plane from = now.plane(plane);
            int x = column * sideX;
            int y = row * sideY;
            int width = Math.min(sideX, from.width() - x);
            int height = Math.min(sideY, from.height() - y);
            if (subtract(from, then.plane(plane), x, y, width, height)) {
                widen(width, height);
                add(high.plane(plane), x * scale, y * scale, width * scale, height * scale, height);
            }
        }
    }

    /**
     * Foretells a window's luma, or green, as {@link #apply} would make it.
     *
     * @param high what the window was computed to be
     * @param to receives the samples of the window in rows of {@code 8 * scale}
     */
    public void foretell(int column, int row, VideoFrame now, VideoFrame then, VideoFrame high, int[] to) {
        int plane = low.layout().lumaPlane();
        Plane from = now.plane(plane);
        int x = column * WindowGrid.WINDOW;
        int y = row * WindowGrid.WINDOW;
        int width = Math.min(WindowGrid.WINDOW, from.width() - x);
        int height = Math.min(WindowGrid.WINDOW, from.height() - y);
        subtract(from, then.plane(plane), x, y, width, height);
        widen(width, height);
        for (int line = 0; line < height * scale; line++) {
            changes(line, width * scale, height);
            for (int i = 0; i < width * scale; i++) {
                int sum = sample(high.plane(plane), x * scale + i, y * scale + line) + change[i];
                to[line * WindowGrid.WINDOW * scale + i] =
                        Math.max(0, Math.min(low.layout().maxValue(), sum));
            }
        }
    }

    /** Mean absolute difference of a window from what was foretold, in codes at 8 bits. */
    public double error(int column, int row, VideoFrame high, int[] foretold) {
        Plane plane = high.plane(low.layout().lumaPlane());
        int left = column * WindowGrid.WINDOW * scale;
        int top = row * WindowGrid.WINDOW * scale;
        int width = Math.min(WindowGrid.WINDOW * scale, plane.width() - left);
        int height = Math.min(WindowGrid.WINDOW * scale, plane.height() - top);
        long sum = 0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                sum += Math.abs(sample(plane, left + x, top + y) - foretold[y * WindowGrid.WINDOW * scale + x]);
            }
        }
        return (double) sum / (width * height) / (1 << (low.layout().depth() - 8));
    }

    private int sample(Plane plane, int x, int y) {
        int at = y * plane.stride() + x * low.layout().bytesPerSample();
        return low.layout().bytesPerSample() == 2
                ? sample16(plane.data(), at)
                : plane.data().get(at) & 0xff;
    }

    /** Whether there is any difference. */
    private boolean subtract(Plane now, Plane then, int x, int y, int width, int height) {
        boolean large = low.layout().bytesPerSample() == 2;
        int any = 0;
        for (int j = 0; j < height; j++) {
            int[] line = difference[j];
            int a = (y + j) * now.stride();
            int b = (y + j) * then.stride();
            for (int i = 0; i < width; i++) {
                line[i] = large
                        ? sample16(now.data(), a + 2 * (x + i)) - sample16(then.data(), b + 2 * (x + i))
                        : (now.data().get(a + x + i) & 0xff) - (then.data().get(b + x + i) & 0xff);
                any |= line[i];
            }
        }
        return any != 0;
    }

    private void widen(int width, int height) {
        for (int j = 0; j < height; j++) {
            int[] from = difference[j];
            int[] to = wide[j];
            for (int i = 0; i < width; i++) {
                for (int phase = 0; phase < scale; phase++) {
                    int other = Math.max(0, Math.min(width - 1, i + shift[phase]));
                    to[i * scale + phase] = near[phase] * from[i] + (2 * scale - near[phase]) * from[other];
                }
            }
        }
    }

    private void add(Plane high, int x, int y, int width, int height, int rows) {
        // Subsampled planes of odd pictures end before the last sample is enlarged.
        int columns = Math.min(width, high.width() - x);
        int lines = Math.min(height, high.height() - y);
        boolean large = low.layout().bytesPerSample() == 2;
        int max = low.layout().maxValue();
        for (int line = 0; line < lines; line++) {
            changes(line, columns, rows);
            int at = (y + line) * high.stride();
            for (int i = 0; i < columns; i++) {
                if (large) {
                    int index = at + 2 * (x + i);
                    int sum = sample16(high.data(), index) + change[i];
                    high.data().putShort(index, (short) Math.max(0, Math.min(max, sum)));
                } else {
                    int sum = (high.data().get(at + x + i) & 0xff) + change[i];
                    high.data().put(at + x + i, (byte) Math.max(0, Math.min(max, sum)));
                }
            }
        }
    }

    /** The enlarged difference along one line of HR samples. */
    private void changes(int line, int columns, int rows) {
        int phase = line % scale;
        int j = line / scale;
        int[] here = wide[j];
        int[] other = wide[Math.max(0, Math.min(rows - 1, j + shift[phase]))];
        int weight = near[phase];
        int rest = 2 * scale - weight;
        int whole = 4 * scale * scale;
        int half = whole / 2;
        int bits = Integer.bitCount(whole) == 1 ? Integer.numberOfTrailingZeros(whole) : 0;
        for (int i = 0; i < columns; i++) {
            int sum = weight * here[i] + rest * other[i] + half;
            // A shift rounds down, as the division does.
            change[i] = bits > 0 ? sum >> bits : Math.floorDiv(sum, whole);
        }
    }

    private static int sample16(ByteBuffer data, int index) {
        return data.getShort(index) & 0xffff;
    }
}
