package io.upflux.colour;

import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import java.nio.FloatBuffer;

/**
 * Reads a rectangle of a decoded frame as network samples: R, G, B (or luma alone) as floats, 0 to 1 nominal. Chroma
 * is interpolated at its true position; samples outside the frame repeat its edge. Keeps scratch rows, so one thread
 * at a time.
 */
public final class TileReader {
    private final FrameFormat format;
    private final int channels;
    private final Quantiser luma;
    private final YuvMatrix matrix;
    private final ChromaFilter across;
    private final ChromaFilter down;
    private final SampleRows rows = new SampleRows();
    private final ChromaRows cbRows;
    private final ChromaRows crRows;
    private float[][] scratch = new float[0][];

    /** Pixels around a rectangle that its interpolated chroma depends on. */
    public static int reach(PixelLayout layout) {
        int shift = Math.max(layout.chromaShiftX(), layout.chromaShiftY());
        return shift == 0 ? 0 : 1 << shift;
    }

    /**
     * @param format of the frames to read
     * @param channels 3 for R, G, B, 1 for luma (R, G, B sources: their luma)
     */
    public TileReader(FrameFormat format, int channels) {
        if (channels != 1 && channels != 3) {
            throw new IllegalArgumentException("networks have 1 or 3 channels, not " + channels);
        }
        PixelLayout layout = format.layout();
        ColourSpec colour = format.colour();
        this.format = format;
        this.channels = channels;
        this.luma = Quantiser.luma(layout.depth(), colour.range());
        this.matrix = YuvMatrix.of(colour, format.height());
        this.across = ChromaFilter.horizontal(layout.chromaShiftX(), colour.siting());
        this.down = ChromaFilter.vertical(layout.chromaShiftY(), colour.siting());
        Quantiser chroma = Quantiser.chroma(layout.depth(), colour.range());
        this.cbRows = new ChromaRows(rows, layout.bytesPerSample(), chroma, across);
        this.crRows = new ChromaRows(rows, layout.bytesPerSample(), chroma, across);
    }

    /**
     * @param x left edge; the rectangle may reach beyond the frame
     * @param y top edge
     * @param to receives {@code channels x height x width} samples from index {@code at} on
     */
    public void read(VideoFrame frame, int x, int y, int width, int height, FloatBuffer to, int at) {
        PixelLayout.Family family = format.layout().family();
        // Rows are read from where a chroma sample begins.
        int lead = x & ((1 << across.shift()) - 1);
        int left = x - lead;
        int n = lead + width;
        ensureScratch(n);
        if (family == PixelLayout.Family.YUV && channels == 3) {
            cbRows.begin(left, n);
            crRows.begin(left, n);
        }
        for (int r = 0; r < height; r++) {
            switch (family) {
                case GRAY -> readGray(frame, left, y + r, n);
                case RGB -> readRgb(frame, left, y + r, n);
                case YUV -> readYuv(frame, left, y + r, n);
            }
            for (int c = 0; c < channels; c++) {
                to.put(at + (c * height + r) * width, scratch[c], lead, width);
            }
        }
    }

    private void readGray(VideoFrame frame, int x, int y, int width) {
        rows.load(frame.plane(0), bytesPerSample(), x, y, scratch[0], 0, width);
        luma.toValues(scratch[0], width);
        for (int c = 1; c < channels; c++) {
            System.arraycopy(scratch[0], 0, scratch[c], 0, width);
        }
    }

    private void readRgb(VideoFrame frame, int x, int y, int width) {
        for (int c = 0; c < 3; c++) {
            rows.load(frame.plane(c), bytesPerSample(), x, y, scratch[c], 0, width);
            luma.toValues(scratch[c], width);
        }
        if (channels == 1) {
            float[] r = scratch[0];
            for (int i = 0; i < width; i++) {
                r[i] = matrix.kr() * r[i] + matrix.kg() * scratch[1][i] + matrix.kb() * scratch[2][i];
            }
        }
    }

    private void readYuv(VideoFrame frame, int x, int y, int width) {
        float[] luma = scratch[3];
        rows.load(frame.plane(0), bytesPerSample(), x, y, luma, 0, width);
        this.luma.toValues(luma, width);
        if (channels == 1) {
            System.arraycopy(luma, 0, scratch[0], 0, width);
            return;
        }
        readChroma(cbRows, frame.plane(1), y, width, scratch[4]);
        readChroma(crRows, frame.plane(2), y, width, scratch[5]);
        RowMath.add(luma, matrix.redFromCr(), scratch[5], scratch[0], width);
        RowMath.add(luma, matrix.greenFromCb(), scratch[4], scratch[1], width);
        RowMath.accumulate(scratch[5], matrix.greenFromCr(), scratch[1], width);
        RowMath.add(luma, matrix.blueFromCb(), scratch[4], scratch[2], width);
    }

    /** The row that lies at luma's row {@code y}, perhaps between two. */
    private void readChroma(ChromaRows from, Plane plane, int y, int width, float[] to) {
        int row = y >> down.shift();
        float weight = down.neighbourWeight(y);
        if (weight == 0) {
            System.arraycopy(from.row(plane, row), 0, to, 0, width);
        } else {
            RowMath.blend(from.row(plane, row), from.row(plane, row + down.neighbour(y)), weight, to, width);
        }
    }

    private int bytesPerSample() {
        return format.layout().bytesPerSample();
    }

    private void ensureScratch(int width) {
        if (scratch.length == 0 || scratch[0].length < width) {
            scratch = new float[6][width];
        }
    }
}
