package io.upflux.colour;

import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.PixelLayout.Family;

/**
 * What {@link TileReader} and {@link TileWriter} do with Y'CbCr, as numbers of convolutions, for a device that converts
 * colour itself. Matrix, range, depth and siting are in the numbers; only how chroma is subsampled tells how many there are.
 *
 * @param reading code values to samples of R, G, B
 * @param writing samples to code values
 */
public record ColourKernels(Reading reading, Writing writing) {
    /** Chroma samples across or down that weigh in one of luma, where it is subsampled. */
    private static final int UP_TAPS = 3;

    /** Luma positions across or down that weigh in one of chroma, where it is subsampled; the first is two before it. */
    private static final int DOWN_TAPS = 2 * ChromaFilter.REACH + 2;

    /**
     * Samples of pixel (2x + i, 2y + j) are its luma times {@code lumaGain}, and of chroma around (x, y), less
     * {@code middle}, what {@code weights} and {@code bias} of output {@code (c * phases down + j) * phases across + i} make,
     * c counting R, G, B. Where chroma is not subsampled, there is one phase.
     *
     * @param weights {@code (3 * phases) x 2 (Cb, Cr) x down x across}, centred
     * @param bias one for each output
     */
    public record Reading(float lumaGain, float middle, Taps taps, float[] weights, float[] bias) {}

    /**
     * Codes before they are rounded to nearest, half to even, and clipped to 0 and {@code maxCode}.
     *
     * @param lumaWeights of R, G, B
     * @param chromaWeights {@code 2 x 3 x down x across}; steps go from chroma sample to chroma sample, the first position is
     *     {@link Taps#before} before
     */
    public record Writing(
            float[] lumaWeights, float lumaBias, Taps taps, float[] chromaWeights, float chromaBias, float maxCode) {}

    /**
     * Size of a kernel for chroma.
     *
     * @param across positions
     * @param down positions
     */
    public record Taps(int across, int down) {
        /** Of {@link Reading}, where chroma is subsampled by these powers of two. */
        public static Taps reading(int shiftX, int shiftY) {
            return new Taps(shiftX == 0 ? 1 : UP_TAPS, shiftY == 0 ? 1 : UP_TAPS);
        }

        /** Of {@link Writing}, likewise. */
        public static Taps writing(int shiftX, int shiftY) {
            return new Taps(shiftX == 0 ? 1 : DOWN_TAPS, shiftY == 0 ? 1 : DOWN_TAPS);
        }

        /** How many positions across lie before the one of the chroma sample; as many are behind its last of luma. */
        public int before() {
            return (across - 1) / 2;
        }

        /** The same down. */
        public int above() {
            return (down - 1) / 2;
        }
    }

    /** Whether there are such numbers for frames of these layouts: three planes of at most 15 bits, halved or not. */
    public static boolean suits(PixelLayout layout) {
        return layout.family() == Family.YUV
                && layout.depth() < 16
                && layout.chromaShiftX() <= 1
                && layout.chromaShiftY() <= 1;
    }

    /**
     * @param from format read, of a layout that {@link #suits}
     * @param to format written, likewise
     * @param white value of the brightest sample
     */
    public static ColourKernels of(FrameFormat from, FrameFormat to, float white) {
        return new ColourKernels(reading(from, white), writing(to, from.height(), white));
    }

    private static Reading reading(FrameFormat format, float white) {
        PixelLayout layout = format.layout();
        ColourSpec colour = format.colour();
        YuvMatrix matrix = YuvMatrix.of(colour, format.height());
        Quantiser luma = Quantiser.luma(layout.depth(), colour.range());
        Quantiser chroma = Quantiser.chroma(layout.depth(), colour.range());
        ChromaFilter across = ChromaFilter.horizontal(layout.chromaShiftX(), colour.siting());
        ChromaFilter down = ChromaFilter.vertical(layout.chromaShiftY(), colour.siting());
        float[][] parts = {
            {0, matrix.redFromCr()}, {matrix.greenFromCb(), matrix.greenFromCr()}, {matrix.blueFromCb(), 0}
        };
        Taps taps = Taps.reading(across.shift(), down.shift());
        int phases = 1 << (across.shift() + down.shift());
        float[] weights = new float[3 * phases * 2 * taps.down() * taps.across()];
        float[] bias = new float[3 * phases];
        int at = 0;
        for (int output = 0; output < bias.length; output++) {
            int phase = output % phases;
            float[] columns = up(across, phase & ((1 << across.shift()) - 1), taps.across());
            float[] rows = up(down, phase >> across.shift(), taps.down());
            bias[output] = -luma.offset() / luma.scale() * white;
            for (int plane = 0; plane < 2; plane++) {
                float part = parts[output / phases][plane] / chroma.scale() * white;
                for (float row : rows) {
                    for (float column : columns) {
                        weights[at++] = part * row * column;
                    }
                }
            }
        }
        return new Reading(white / luma.scale(), chroma.offset(), taps, weights, bias);
    }

    /** What the chroma samples around one weigh in a luma sample of it. */
    private static float[] up(ChromaFilter filter, int phase, int count) {
        float[] weights = new float[count];
        float neighbour = filter.neighbourWeight(phase);
        weights[count / 2] = 1 - neighbour;
        if (neighbour > 0) {
            weights[count / 2 + filter.neighbour(phase)] = neighbour;
        }
        return weights;
    }

    private static Writing writing(FrameFormat format, int matrixHeight, float white) {
        PixelLayout layout = format.layout();
        ColourSpec colour = format.colour();
        YuvMatrix matrix = YuvMatrix.of(colour, matrixHeight);
        Quantiser luma = Quantiser.luma(layout.depth(), colour.range());
        Quantiser chroma = Quantiser.chroma(layout.depth(), colour.range());
        float[] mix = {matrix.kr(), matrix.kg(), matrix.kb()};
        float[] lumaWeights = new float[3];
        for (int c = 0; c < 3; c++) {
            lumaWeights[c] = mix[c] * luma.scale() / white;
        }
        ChromaFilter across = ChromaFilter.horizontal(layout.chromaShiftX(), colour.siting());
        ChromaFilter down = ChromaFilter.vertical(layout.chromaShiftY(), colour.siting());
        Taps taps = Taps.writing(across.shift(), down.shift());
        float[] columns = down(across, taps.across());
        float[] rows = down(down, taps.down());
        float[] gains = {matrix.cbFromBlue(), matrix.crFromRed()};
        float[] chromaWeights = new float[2 * 3 * rows.length * columns.length];
        int at = 0;
        for (int plane = 0; plane < 2; plane++) {
            int own = plane == 0 ? 2 : 0;
            for (int c = 0; c < 3; c++) {
                float part = gains[plane] * ((c == own ? 1 : 0) - mix[c]) * chroma.scale() / white;
                for (float row : rows) {
                    for (float column : columns) {
                        chromaWeights[at++] = part * row * column;
                    }
                }
            }
        }
        return new Writing(lumaWeights, luma.offset(), taps, chromaWeights, chroma.offset(), luma.maxCode());
    }

    /** A filter's taps, with nothing at positions that others of its kind have. */
    private static float[] down(ChromaFilter filter, int count) {
        float[] taps = new float[count];
        int before = (count - 1) / 2;
        System.arraycopy(filter.taps(), 0, taps, before + filter.firstTap(), filter.taps().length);
        return taps;
    }
}
