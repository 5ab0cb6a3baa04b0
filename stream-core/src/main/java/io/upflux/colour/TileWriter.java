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

    /** LR pixels around a tile's core that its chroma depends on, in pictures that are enlarged to this layout. */
    public static int reach(PixelLayout layout, int scale) {
        return layout.chromaShiftX() + layout.chromaShiftY() == 0 ? 0 : (REACH + scale - 1) / scale;
    }

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
                rows.store(scratch[c], 0, n, frame.plane(c), bytesPerSample(), luma.maxCode(), x, r);
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
                rows.store(values, 0, n, frame.plane(c), bytesPerSample(), luma.maxCode(), x, r);
            }
        }
    }

    private void writeYuv(Samples tile, int x, int y, int right, int bottom, VideoFrame frame) {
        int n = right - x;
        int chromaWidth = -((-n) >> across.shift());
        int chromaTop = y >> down.shift();
        int chromaBottom = -((-bottom) >> down.shift());
        int done = chromaTop;
        int taps = down.taps().length;
        int last = ((chromaBottom - 1) << down.shift()) + down.firstTap() + taps - 1;
        int first = Math.min(y, (chromaTop << down.shift()) + down.firstTap());
        for (int r = first; r <= Math.max(last, bottom - 1); r++) {
            split(tile, x - REACH, r, n + 2 * REACH + 2);
            if (r >= y && r < bottom) {
                luma.toCodes(scratch[3], REACH + n);
                rows.store(scratch[3], REACH, n, frame.plane(0), bytesPerSample(), luma.maxCode(), x, r);
            }
            while (done < chromaBottom && (done << down.shift()) + down.firstTap() + taps - 1 <= r) {
                storeChroma(cbRing, done, chromaWidth, frame, 1, x >> across.shift());
                storeChroma(crRing, done, chromaWidth, frame, 2, x >> across.shift());
                done++;
            }
        }
    }

    /** Luma, and both colour differences into the rings, of a row. */
    private void split(Samples tile, int x, int r, int n) {
        loadRgb(tile, x, r, n);
        mixLuma(n, scratch[3]);
        RowMath.difference(scratch[2], scratch[3], matrix.cbFromBlue(), cbRing[r & (RING - 1)], n);
        RowMath.difference(scratch[0], scratch[3], matrix.crFromRed(), crRing[r & (RING - 1)], n);
    }

    /** Decimates down, which rows of chroma alone pay for, and then across; what is skipped costs less than gaps would. */
    private void storeChroma(float[][] ring, int row, int n, VideoFrame frame, int plane, int x) {
        float[] sum = scratch[0];
        float[] decimated = scratch[1];
        int reached = (n << across.shift()) + 2 * REACH + 1;
        int first = (row << down.shift()) + down.firstTap();
        RowMath.scale(ring[first & (RING - 1)], down.taps()[0], sum, reached);
        for (int t = 1; t < down.taps().length; t++) {
            RowMath.accumulate(ring[(first + t) & (RING - 1)], down.taps()[t], sum, reached);
        }
        across.downRow(sum, scratch[2], decimated, n);
        chroma.toCodes(decimated, n);
        rows.store(decimated, 0, n, frame.plane(plane), bytesPerSample(), chroma.maxCode(), x, row);
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
        rows.store(values, 0, n, frame.plane(0), bytesPerSample(), luma.maxCode(), x, y);
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
