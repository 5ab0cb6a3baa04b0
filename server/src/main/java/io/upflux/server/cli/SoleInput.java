package io.upflux.server.cli;

import java.util.Locale;
import java.util.Map;

/** Reading an input that somebody else has sent or named, who must not make the program open anything else. */
final class SoleInput {
    /** None of them refers to other files, as playlists do. */
    private static final String FORMATS = String.join(
            ",",
            "mov,mp4,matroska,webm,mpegts,mpeg,mpegvideo,avi,flv,asf,ogg,mxf,yuv4mpegpipe,ivf,h264,hevc,obu,av1,m4v",
            "gif,image2,png_pipe,jpeg_pipe,webp_pipe,bmp_pipe,tiff_pipe,gif_pipe,ppm_pipe,pgm_pipe");

    private SoleInput() {}

    /** For FFmpeg's demuxer and protocol. */
    static Map<String, String> options(String location) {
        boolean web = location.toLowerCase(Locale.ROOT).matches("https?://.*");
        return web ? Map.of("format_whitelist", FORMATS, "max_redirects", "0") : Map.of("format_whitelist", FORMATS);
    }
}
