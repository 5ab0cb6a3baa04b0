package io.upflux.codecs.output;

import io.upflux.frame.ColourSpec;
import io.upflux.frame.ColourSpec.ChromaSiting;
import io.upflux.frame.ColourSpec.Range;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.PixelLayout.Family;
import org.jspecify.annotations.Nullable;

/** Size and colour of what is encoded, following from what is offered and what the encoder takes. */
final class PictureFormat {
    private PictureFormat() {}

    /**
     * What the pipeline shall deliver.
     *
     * @param jpeg whether JFIF's rules hold: BT.601, full range
     * @param sourceHeight lines before upscaling, 0 when unknown
     * @param height lines of the output
     */
    static FrameFormat wanted(FrameFormat offered, PixelLayout layout, boolean jpeg, int sourceHeight, int height) {
        ColourSpec colour = offered.colour();
        Family from = offered.layout().family();
        if (layout.family() == Family.RGB) {
            colour = new ColourSpec(
                    colour.primaries(), colour.transfer(), ColourSpec.MATRIX_RGB, Range.FULL, ChromaSiting.UNSPECIFIED);
        } else if (jpeg) {
            ChromaSiting siting = layout.isSubsampled(1) ? ChromaSiting.CENTER : ChromaSiting.UNSPECIFIED;
            int matrix = layout.family() == Family.GRAY ? ColourSpec.UNSPECIFIED : ColourSpec.MATRIX_BT470BG;
            colour = new ColourSpec(colour.primaries(), colour.transfer(), matrix, Range.FULL, siting);
        } else if (from == Family.RGB || colour.matrix() == ColourSpec.MATRIX_RGB) {
            ChromaSiting siting = layout.isSubsampled(1) ? ChromaSiting.LEFT : ChromaSiting.UNSPECIFIED;
            int matrix = height >= 720 ? ColourSpec.BT709 : ColourSpec.MATRIX_SMPTE170M;
            colour = new ColourSpec(colour.primaries(), colour.transfer(), matrix, Range.LIMITED, siting);
        } else if (guessWouldChange(colour, sourceHeight, height)) {
            colour = colour.withMatrix(colour.effectiveMatrix(sourceHeight));
        }
        return offered.withLayout(layout).withColour(colour);
    }

    /**
     * The encoded size.
     *
     * @param lines wanted height, as people see it; null to keep what is offered
     * @param turned whether players turn the picture by a quarter, so that its width is what people see as height
     */
    static FrameFormat sized(FrameFormat format, @Nullable Integer lines, boolean turned) {
        if (lines == null) {
            return format;
        }
        int seenHeight = turned ? format.width() : format.height();
        int seenWidth = turned ? format.height() : format.width();
        int height = even(lines);
        int width = even(Math.round((double) seenWidth * height / seenHeight));
        return turned ? format.withSize(height, width) : format.withSize(width, height);
    }

    private static boolean guessWouldChange(ColourSpec colour, int sourceHeight, int height) {
        return sourceHeight > 0 && colour.effectiveMatrix(sourceHeight) != colour.effectiveMatrix(height);
    }

    /** The nearest that chroma of half the size can have. */
    static int even(double samples) {
        return Math.max(2, (int) Math.round(samples / 2) * 2);
    }
}
