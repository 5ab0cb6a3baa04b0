package io.upflux.codecs.input;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.ffmpeg.ColourTags;
import io.upflux.codecs.ffmpeg.PixelFormats;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.ColourSpec.Range;
import io.upflux.frame.Rational;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * What all frames of a stream must have in common.
 *
 * @param format FFmpeg's pixel format
 * @param matrix H.273 code point
 * @param aspect width to height of one sample
 */
record PictureShape(int width, int height, int format, int matrix, Range range, Rational aspect) {
    static PictureShape of(AVFrame frame) {
        ColourSpec colour = ColourTags.of(frame);
        return new PictureShape(
                frame.width(),
                frame.height(),
                frame.format(),
                colour.matrix(),
                colour.range(),
                Av.rational(frame.sample_aspect_ratio()).reduced());
    }

    /** Whether frames of both can follow each other as they are: what one of them does not state is no difference. */
    boolean matches(PictureShape other) {
        return width == other.width
                && height == other.height
                && format == other.format
                && range == other.range
                && (matrix == other.matrix
                        || matrix == ColourSpec.UNSPECIFIED
                        || other.matrix == ColourSpec.UNSPECIFIED)
                && (aspect.equals(other.aspect) || !aspect.isKnown() || !other.aspect.isKnown());
    }

    /** In the names that FFmpeg's scaler takes. */
    String effectiveMatrix() {
        return switch (ColourSpec.UNKNOWN_LIMITED.withMatrix(matrix).effectiveMatrix(height)) {
            case ColourSpec.BT709 -> "bt709";
            case ColourSpec.MATRIX_FCC -> "fcc";
            case ColourSpec.MATRIX_SMPTE240M -> "smpte240m";
            case ColourSpec.MATRIX_BT2020_NCL, ColourSpec.MATRIX_BT2020_CL -> "bt2020";
            default -> "bt601";
        };
    }

    /** For people. */
    @Override
    public String toString() {
        return width + "x" + height + " " + PixelFormats.name(format)
                + (matrix == ColourSpec.UNSPECIFIED || matrix == ColourSpec.MATRIX_RGB ? "" : " matrix " + matrix)
                + (range == Range.FULL && matrix != ColourSpec.MATRIX_RGB ? " full range" : "")
                + (aspect.isKnown() && !aspect.equals(Rational.ONE) ? " aspect " + aspect : "");
    }
}
