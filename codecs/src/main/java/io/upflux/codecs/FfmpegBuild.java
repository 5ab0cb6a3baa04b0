package io.upflux.codecs;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_license;
import static org.bytedeco.ffmpeg.global.avutil.av_version_info;

/**
 * The FFmpeg that is linked in.
 *
 * @param version as its authors name it, such as {@code 8.0.1}
 * @param licence the whole build falls under, such as {@code LGPL version 3 or later}
 */
public record FfmpegBuild(String version, String licence) {
    /** @throws LinkageError when there is none for this platform */
    public static FfmpegBuild present() {
        return new FfmpegBuild(av_version_info().getString(), avcodec_license().getString());
    }
}
