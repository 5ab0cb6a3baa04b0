package io.upflux.colour;

import io.upflux.frame.ColourSpec;

/**
 * Luma weights of a non-constant-luminance Y'CbCr matrix (ITU-T H.273 table 4) and what follows from them, for samples
 * normalised to Y' in 0..1 and Cb, Cr in -0.5..0.5.
 */
record YuvMatrix(float kr, float kg, float kb) {
    static YuvMatrix of(ColourSpec colour, int height) {
        return switch (colour.effectiveMatrix(height)) {
            case ColourSpec.BT709 -> of(0.2126, 0.0722);
            case ColourSpec.MATRIX_FCC -> of(0.30, 0.11);
            case ColourSpec.MATRIX_SMPTE240M -> of(0.212, 0.087);
            case ColourSpec.MATRIX_BT2020_NCL, ColourSpec.MATRIX_BT2020_CL -> of(0.2627, 0.0593);
            // Rare ones (YCgCo, ICtCp, chromaticity-derived) too: any invertible matrix keeps the pair exact.
            default -> of(0.299, 0.114);
        };
    }

    private static YuvMatrix of(double kr, double kb) {
        return new YuvMatrix((float) kr, (float) (1 - kr - kb), (float) kb);
    }

    float redFromCr() {
        return 2 * (1 - kr);
    }

    float blueFromCb() {
        return 2 * (1 - kb);
    }

    float greenFromCb() {
        return -2 * (1 - kb) * kb / kg;
    }

    float greenFromCr() {
        return -2 * (1 - kr) * kr / kg;
    }

    float cbFromBlue() {
        return 1 / (2 * (1 - kb));
    }

    float crFromRed() {
        return 1 / (2 * (1 - kr));
    }
}
