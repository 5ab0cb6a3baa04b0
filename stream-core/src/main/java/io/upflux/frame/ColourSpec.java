package io.upflux.frame;

/**
 * What sample values mean, in the code points of ITU-T H.273 (which FFmpeg's enumerations share). 2 is "unspecified".
 *
 * @param primaries H.273 ColourPrimaries
 * @param transfer H.273 TransferCharacteristics
 * @param matrix H.273 MatrixCoefficients; 0 for RGB
 * @param range limited ("video") or full
 * @param siting where chroma samples lie when subsampled
 */
public record ColourSpec(int primaries, int transfer, int matrix, Range range, ChromaSiting siting) {
    public static final int UNSPECIFIED = 2;
    public static final int MATRIX_RGB = 0;
    public static final int BT709 = 1;
    public static final int MATRIX_FCC = 4;
    public static final int MATRIX_BT470BG = 5;
    public static final int MATRIX_SMPTE170M = 6;
    public static final int MATRIX_SMPTE240M = 7;
    public static final int MATRIX_BT2020_NCL = 9;
    public static final int MATRIX_BT2020_CL = 10;

    /** Quantisation range. */
    public enum Range {
        /** 16-235 for luma and 16-240 for chroma at 8 bits. */
        LIMITED,
        /** 0-255 at 8 bits. */
        FULL
    }

    /** Chroma sample location type (H.273 8.7); {@code LEFT} is what nearly all 4:2:0 video uses. */
    public enum ChromaSiting {
        UNSPECIFIED,
        LEFT,
        CENTER,
        TOP_LEFT,
        TOP,
        BOTTOM_LEFT,
        BOTTOM
    }

    public static final ColourSpec UNKNOWN_LIMITED =
            new ColourSpec(UNSPECIFIED, UNSPECIFIED, UNSPECIFIED, Range.LIMITED, ChromaSiting.UNSPECIFIED);

    public static final ColourSpec SRGB = new ColourSpec(BT709, 13, MATRIX_RGB, Range.FULL, ChromaSiting.UNSPECIFIED);

    public ColourSpec withMatrix(int newMatrix) {
        return new ColourSpec(primaries, transfer, newMatrix, range, siting);
    }

    /**
     * The matrix to compute with: what is stated, else what players assume, BT.709 from 720 lines up and BT.601 below.
     */
    public int effectiveMatrix(int height) {
        if (matrix != UNSPECIFIED) {
            return matrix;
        }
        return height >= 720 ? BT709 : MATRIX_SMPTE170M;
    }

    /** Whether codes of both mean the same to whoever converts them, light aside, in pictures of a height. */
    public boolean codesAs(ColourSpec other, int height) {
        return range == other.range
                && siting == other.siting
                && effectiveMatrix(height) == other.effectiveMatrix(height);
    }
}
