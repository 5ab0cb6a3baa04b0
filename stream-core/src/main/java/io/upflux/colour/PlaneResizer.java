package io.upflux.colour;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.Plane;

/**
 * Enlarges single planes that a network does not compute (alpha; chroma beside a luma network) by bicubic convolution
 * (Keys 1981, a = -0.5), edges replicated, chroma kept at its siting. One thread at a time.
 */
public final class PlaneResizer {
    private static final float A = -0.5f;
    private static final int TAPS = 4;

    private final FrameFormat from;
    private final FrameFormat to;
    private final int scale;
    private final SampleRows rows = new SampleRows();

    /**
     * @param from format read
     * @param to format written: {@code from} enlarged by {@code scale}, possibly of another depth
     */
    public PlaneResizer(FrameFormat from, FrameFormat to, int scale) {
        this.from = from;
        this.to = to;
        this.scale = scale;
    }

    /** Enlarges one plane of the frame. */
    public void resize(Plane source, Plane target, int plane) {
        double offsetX = offset(from, plane, true);
        double offsetY = offset(from, plane, false);
        int n = target.width();
        int pad = TAPS;
        float[] line = new float[source.width() + 2 * pad];
        float[] mixed = new float[line.length];
        float[] out = new float[n];
        int[] at = new int[n];
        float[] weights = new float[n * TAPS];
        for (int i = 0; i < n; i++) {
            double position = (double) i / scale + offsetX;
            at[i] = Math.min(Math.max((int) Math.floor(position) - 1, -pad), source.width()) + pad;
            keys(position - Math.floor(position), weights, i * TAPS);
        }
        float[] vertical = new float[TAPS];
        float gain = (float) to.layout().maxValue() / from.layout().maxValue();
        for (int y = 0; y < target.height(); y++) {
            double position = (double) y / scale + offsetY;
            int top = (int) Math.floor(position) - 1;
            keys(position - Math.floor(position), vertical, 0);
            for (int t = 0; t < TAPS; t++) {
                float weight = vertical[t] * gain;
                rows.load(source, from.layout().bytesPerSample(), -pad, top + t, line, 0, line.length);
                for (int i = 0; i < line.length; i++) {
                    mixed[i] = t == 0 ? weight * line[i] : mixed[i] + weight * line[i];
                }
            }
            for (int i = 0; i < n; i++) {
                int a = at[i];
                int w = i * TAPS;
                out[i] = weights[w] * mixed[a]
                        + weights[w + 1] * mixed[a + 1]
                        + weights[w + 2] * mixed[a + 2]
                        + weights[w + 3] * mixed[a + 3];
            }
            rows.store(
                    out, 0, n, target, to.layout().bytesPerSample(), to.layout().maxValue(), 0, y);
        }
    }

    /** Source position of target sample 0, in source samples of this plane. */
    private double offset(FrameFormat format, int plane, boolean horizontal) {
        int shift = !format.layout().isSubsampled(plane)
                ? 0
                : horizontal ? format.layout().chromaShiftX() : format.layout().chromaShiftY();
        ChromaFilter filter = horizontal
                ? ChromaFilter.horizontal(shift, format.colour().siting())
                : ChromaFilter.vertical(shift, format.colour().siting());
        double siting = switch (filter) {
            case NONE, ON_EVEN -> 0;
            case BETWEEN -> 0.5;
            case ON_ODD -> 1;
            case QUAD -> 1.5;
        };
        // Luma positions relate by (p + 0.5) / scale - 0.5; chroma sample 0 lies at luma position "siting".
        return ((siting + 0.5) / scale - 0.5 - siting) / (1 << shift);
    }

    private static void keys(double fraction, float[] weights, int at) {
        for (int t = 0; t < TAPS; t++) {
            double d = Math.abs(fraction + 1 - t);
            weights[at + t] = (float)
                    (d <= 1
                            ? ((A + 2) * d - (A + 3)) * d * d + 1
                            : d < 2 ? ((A * d - 5 * A) * d + 8 * A) * d - 4 * A : 0);
        }
    }
}
