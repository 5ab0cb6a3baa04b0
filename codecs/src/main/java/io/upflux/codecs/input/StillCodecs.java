package io.upflux.codecs.input;

import static org.bytedeco.ffmpeg.global.avcodec.*;

import java.util.Set;

/** Codecs of pictures, in which things are meant that are accidents in video: transparent palette entries, grey that says no range. */
final class StillCodecs {
    private static final Set<Integer> CODECS = Set.of(
            AV_CODEC_ID_PNG,
            AV_CODEC_ID_GIF,
            AV_CODEC_ID_WEBP,
            AV_CODEC_ID_TIFF,
            AV_CODEC_ID_BMP,
            AV_CODEC_ID_PBM,
            AV_CODEC_ID_PGM,
            AV_CODEC_ID_PAM,
            AV_CODEC_ID_JPEG2000,
            AV_CODEC_ID_JPEGLS,
            AV_CODEC_ID_TARGA,
            AV_CODEC_ID_SGI,
            AV_CODEC_ID_SUNRAST,
            AV_CODEC_ID_PSD,
            AV_CODEC_ID_DPX,
            AV_CODEC_ID_FITS);

    private StillCodecs() {}

    static boolean holds(int codec) {
        return CODECS.contains(codec);
    }
}
