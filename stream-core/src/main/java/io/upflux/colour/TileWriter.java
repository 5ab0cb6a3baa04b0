package io.upflux.colour;

import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.VideoFrame;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Writes network samples into a rectangle of an upscaled frame: the exact inverse of {@link TileReader}, also into
 * another layout, depth or matrix than the source had. Keeps scratch rows, so one thread at a time.
 *
 * <p>Subsampled chroma weighs samples up to {@link #REACH} beyond the rectangle; they are taken from the tile where
 * it has them and repeat the picture's edge otherwise.
 */
public final class TileWriter {
    /** Samples around a rectangle that its chroma depends on. */
    public static final int REACH = ChromaFilter.REACH;

    /** Rows of decimated chroma that the vertical filter can need at once; a power of two. */
    private static final int RING = 8;

    private final FrameFormat format;
    private final int channels;
    private final Quantiser luma;
    private final Quantiser chroma;
    private final YuvMatrix matrix;
    private final ChromaFilter across;
    private final ChromaFilter down;
    private final SampleRows rows = new SampleRows();
    private float[][] scratch = new float[0][];
    private float[][] cbRing = new float[0][];
    private float[][] crRing = new float[0][];

    /**
     * @param format of the frames to write
     * @param channels 3 for tiles of R, G, B, 1 for tiles of luma: then only luma is written, into frames whose other
     *     planes (for RGB: all planes) were resized before
     * @param matrixHeight height by which an unstated matrix is chosen: the source's, since that is what was decoded
     */
    public TileWriter(FrameFormat format, int channels, int matrixHeight) {
        PixelLayout layout = format.layout();
        ColourSpec colour = format.colour();
        this.format = format;
        this.channels = channels;
        this.luma = Quantiser.luma(layout.depth(), colour.range());
        this.chroma = Quantiser.chroma(layout.depth(), colour.range());
        this.matrix = YuvMatrix.of(colour, matrixHeight);
        this.across = ChromaFilter.horizontal(layout.chromaShiftX(), colour.siting());
        this.down = ChromaFilter.vertical(layout.chromaShiftY(), colour.siting());
    }

    /**
     * A tile of samples in memory.
     *
     * @param samples R, G and B planes or one of luma, each {@code width x height}
     * @param at index of the first sample
     * @param x where in the picture the tile's left edge lies
     * @param y where its top edge lies
     */
    public record Samples(FloatBuffer samples, int at, int width, int height, int x, int y) {}

    /**
     * Writes the part of {@code tile} that lies in the given rectangle of the picture, clipped to the frame.
     *
     * @param x left edge, a multiple of the chroma subsampling
     * @param y top edge, likewise
     */
    public void write(Samples tile, int x, int y, int width, int height, VideoFrame frame) {
        int right = Math.min(x + width, format.width());
        int bottom = Math.min(y + height, format.height());
        if (right <= x || bottom <= y) {
            return;
        }
        ensureScratch(right - x);
        boolean single = channels == 1;
        switch (format.layout().family()) {
            case RGB -> {
                if (single) {
                    replaceLuma(tile, x, y, right, bottom, frame);
                } else {
                    writeRgb(tile, x, y, right, bottom, frame);
                }
            }
            case GRAY -> writeLuma(tile, x, y, right, bottom, frame);
            case YUV -> {
                if (single) {
                    writeLuma(tile, x, y, right, bottom, frame);
                } else {
                    writeYuv(tile, x, y, right, bottom, frame);
                }
            }
        }
    }

    private void writeRgb(Samples tile, int x, int y, int right, int bottom, VideoFrame frame) {
        int n = right - x;
        for (int r = y; r < bottom; r++) {
            for (int c = 0; c < 3; c++) {
                loadRow(tile, c, x, r, n, scratch[c]);
                luma.toCodes(scratch[c], n);
                rows.store(scratch[c], n, frame.plane(c), bytesPerSample(), luma.maxCode(), x, r);
            }
        }
    }

    private void writeLuma(Samples tile, int x, int y, int right, int bottom, VideoFrame frame) {
        int n = right - x;
        for (int r = y; r < bottom; r++) {
            if (channels == 1) {
                loadRow(tile, 0, x, r, n, scratch[3]);
            } else {
                loadRgb(tile, x, r, n);
                mixLuma(n, scratch[3]);
            }
            storeLuma(scratch[3], n, frame, x, r);
        }
    }

    /** Gives the resized R, G, B of the frame the tile's luma and keeps their colour differences. */
    private void replaceLuma(Samples tile, int x, int y, int right, int bottom, VideoFrame frame) {
        int n = right - x;
        for (int r = y; r < bottom; r++) {
            for (int c = 0; c < 3; c++) {
                rows.load(frame.plane(c), bytesPerSample(), x, r, scratch[c], 0, n);
                luma.toValues(scratch[c], n);
            }
            mixLuma(n, scratch[3]);
            loadRow(tile, 0, x, r, n, scratch[4]);
            for (int c = 0; c < 3; c++) {
                float[] values = scratch[c];
                for (int i = 0; i < n; i++) {
                    values[i] += scratch[4][i] - scratch[3][i];
                }
                luma.toCodes(values, n);
                rows.store(values, n, frame.plane(c), bytesPerSample(), luma.maxCode(), x, r);
            }
        }
    }

    private void writeYuv(Samples tile, int x, int y, int right, int bottom, VideoFrame frame) {
        int n = right - x;
        int chromaWidth = -((-n) >> across.shift());
        int chromaTop = y >> down.shift();
        int chromaBottom = -((-bottom) >> down.shift());
        int done = chromaTop;
        float[] taps = down.taps();
        int last = ((chromaBottom - 1) << down.shift()) + down.firstTap() + taps.length - 1;
        for (int r = y - REACH; r <= Math.max(last, bottom - 1); r++) {
            loadRgb(tile, x - REACH, r, n + 2 * REACH + 2);
            mixLuma(n + 2 * REACH + 2, scratch[3]);
            decimate(r, n, chromaWidth);
            if (r >= y && r < bottom) {
                System.arraycopy(scratch[3], REACH, scratch[4], 0, n);
                storeLuma(scratch[4], n, frame, x, r);
            }
            while (done < chromaBottom && (done << down.shift()) + down.firstTap() + taps.length - 1 <= r) {
                storeChroma(cbRing, done, chromaWidth, frame, 1, x >> across.shift());
                storeChroma(crRing, done, chromaWidth, frame, 2, x >> across.shift());
                done++;
            }
        }
    }

    /** Chroma of row {@code r}, already decimated across, into the ring. */
    private void decimate(int r, int n, int chromaWidth) {
        int m = n + 2 * REACH + 2;
        float[] red = scratch[0];
        float[] blue = scratch[2];
        float[] y = scratch[3];
        float cbFromBlue = matrix.cbFromBlue();
        float crFromRed = matrix.crFromRed();
        for (int i = 0; i < m; i++) {
            blue[i] = (blue[i] - y[i]) * cbFromBlue;
            red[i] = (red[i] - y[i]) * crFromRed;
        }
        across.downRow(blue, cbRing[r & (RING - 1)], 0, chromaWidth);
        across.downRow(red, crRing[r & (RING - 1)], 0, chromaWidth);
    }

    private void storeChroma(float[][] ring, int row, int n, VideoFrame frame, int plane, int x) {
        float[] sum = scratch[4];
        float[] taps = down.taps();
        int first = (row << down.shift()) + down.firstTap();
        for (int t = 0; t < taps.length; t++) {
            float[] line = ring[(first + t) & (RING - 1)];
            float weight = taps[t];
            if (t == 0) {
                for (int i = 0; i < n; i++) {
                    sum[i] = weight * line[i];
                }
            } else {
                for (int i = 0; i < n; i++) {
                    sum[i] += weight * line[i];
                }
            }
        }
        chroma.toCodes(sum, n);
        rows.store(sum, n, frame.plane(plane), bytesPerSample(), chroma.maxCode(), x, row);
    }

    private void mixLuma(int n, float[] to) {
        float[] r = scratch[0];
        float[] g = scratch[1];
        float[] b = scratch[2];
        float kr = matrix.kr();
        float kg = matrix.kg();
        float kb = matrix.kb();
        for (int i = 0; i < n; i++) {
            to[i] = kr * r[i] + kg * g[i] + kb * b[i];
        }
    }

    private void storeLuma(float[] values, int n, VideoFrame frame, int x, int y) {
        luma.toCodes(values, n);
        rows.store(values, n, frame.plane(0), bytesPerSample(), luma.maxCode(), x, y);
    }

    private void loadRgb(Samples tile, int x, int y, int n) {
        for (int c = 0; c < 3; c++) {
            loadRow(tile, c, x, y, n, scratch[c]);
        }
    }

    /** {@code n} samples from picture position ({@code x}, {@code y}) on; outside the tile its edge repeats. */
    private static void loadRow(Samples tile, int channel, int x, int y, int n, float[] to) {
        int row = Math.min(Math.max(y - tile.y(), 0), tile.height() - 1);
        int start = tile.at() + (channel * tile.height() + row) * tile.width();
        int from = x - tile.x();
        int left = Math.max(-from, 0);
        int inside = Math.min(from + n, tile.width()) - Math.max(from, 0);
        tile.samples().get(start + Math.max(from, 0), to, left, inside);
        Arrays.fill(to, 0, left, to[left]);
        Arrays.fill(to, left + inside, n, to[left + inside - 1]);
    }

    private int bytesPerSample() {
        return format.layout().bytesPerSample();
    }

    private void ensureScratch(int width) {
        int n = width + 2 * REACH + 4;
        if (scratch.length == 0 || scratch[0].length < n) {
            scratch = new float[5][n];
            cbRing = new float[RING][n];
            crRing = new float[RING][n];
        }
    }
}
