package io.upflux.codecs.ffmpeg;

import io.upflux.frame.ColourSpec;
import io.upflux.frame.ColourSpec.ChromaSiting;
import io.upflux.frame.ColourSpec.Range;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;

/** FFmpeg's colour fields and {@link ColourSpec}; both count in the code points of ITU-T H.273. */
public final class ColourTags {
    private static final ChromaSiting[] SITINGS = {
        ChromaSiting.UNSPECIFIED,
        ChromaSiting.LEFT,
        ChromaSiting.CENTER,
        ChromaSiting.TOP_LEFT,
        ChromaSiting.TOP,
        ChromaSiting.BOTTOM_LEFT,
        ChromaSiting.BOTTOM
    };

    private ColourTags() {}

    /** What a decoded frame says of itself; RGB and yuvj formats are full range whatever is stated. */
    public static ColourSpec of(AVFrame frame) {
        boolean rgb = (avutil.av_pix_fmt_desc_get(frame.format()).flags()
                        & (avutil.AV_PIX_FMT_FLAG_RGB | avutil.AV_PIX_FMT_FLAG_PAL))
                != 0;
        boolean full =
                rgb || PixelFormats.isFullRange(frame.format()) || frame.color_range() == avutil.AVCOL_RANGE_JPEG;
        int siting = frame.chroma_location();
        return new ColourSpec(
                frame.color_primaries(),
                frame.color_trc(),
                rgb ? ColourSpec.MATRIX_RGB : unspecifiedIfRgb(frame.colorspace()),
                full ? Range.FULL : Range.LIMITED,
                siting > 0 && siting < SITINGS.length ? SITINGS[siting] : ChromaSiting.UNSPECIFIED);
    }

    /** Marks a frame. */
    public static void apply(ColourSpec colour, AVFrame frame) {
        frame.color_primaries(colour.primaries());
        frame.color_trc(colour.transfer());
        frame.colorspace(colour.matrix());
        frame.color_range(range(colour));
        frame.chroma_location(siting(colour));
    }

    /** Marks an encoder. */
    public static void apply(ColourSpec colour, AVCodecContext encoder) {
        encoder.color_primaries(colour.primaries());
        encoder.color_trc(colour.transfer());
        encoder.colorspace(colour.matrix());
        encoder.color_range(range(colour));
        encoder.chroma_sample_location(siting(colour));
    }

    private static int range(ColourSpec colour) {
        return colour.range() == Range.FULL ? avutil.AVCOL_RANGE_JPEG : avutil.AVCOL_RANGE_MPEG;
    }

    private static int siting(ColourSpec colour) {
        for (int i = 0; i < SITINGS.length; i++) {
            if (SITINGS[i] == colour.siting()) {
                return i;
            }
        }
        return 0;
    }

    /** Some writers mark YUV with the RGB matrix; it cannot be that. */
    private static int unspecifiedIfRgb(int matrix) {
        return matrix == ColourSpec.MATRIX_RGB ? ColourSpec.UNSPECIFIED : matrix;
    }
}
