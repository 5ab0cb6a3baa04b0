package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avutil.AV_OPT_SEARCH_CHILDREN;
import static org.bytedeco.ffmpeg.global.avutil.av_opt_set;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.ColourSpec.ChromaSiting;
import io.upflux.frame.ColourSpec.Range;
import org.bytedeco.ffmpeg.avcodec.AVBSFContext;
import org.bytedeco.ffmpeg.avcodec.AVBitStreamFilter;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;

/**
 * Completes what OpenH264 leaves out of its parameter sets (ITU-T H.264 annex E): the range where nothing else is
 * stated, and the siting of chroma.
 */
final class H264Tags implements AutoCloseable {
    /** "Unspecified" in table E-2. */
    private static final String VIDEO_FORMAT = "5";

    private final AVBSFContext filter = new AVBSFContext(null);

    H264Tags(AVCodecContext encoder, ColourSpec colour) {
        AVBitStreamFilter metadata = av_bsf_get_by_name("h264_metadata");
        Av.check(av_bsf_alloc(metadata, filter), "h264_metadata");
        Av.check(avcodec_parameters_from_context(filter.par_in(), encoder), "h264_metadata");
        filter.time_base_in(encoder.time_base());
        set("video_format", VIDEO_FORMAT);
        set("video_full_range_flag", colour.range() == Range.FULL ? "1" : "0");
        if (colour.siting() != ChromaSiting.UNSPECIFIED) {
            // Table E-3 counts from left = 0, as the enumeration does from left = 1.
            set("chroma_sample_loc_type", Integer.toString(colour.siting().ordinal() - 1));
        }
        int rc = av_bsf_init(filter);
        if (rc < 0) {
            close();
            Av.check(rc, "h264_metadata");
        }
    }

    void describeTo(AVCodecParameters parameters) {
        Av.check(avcodec_parameters_copy(parameters, filter.par_out()), "describing the video stream");
    }

    /** Replaces the packet by the completed one. */
    void complete(AVPacket packet) {
        Av.check(av_bsf_send_packet(filter, packet), "h264_metadata");
        Av.check(av_bsf_receive_packet(filter, packet), "h264_metadata");
    }

    @Override
    public void close() {
        av_bsf_free(filter);
    }

    private void set(String key, String value) {
        Av.check(av_opt_set(filter, key, value, AV_OPT_SEARCH_CHILDREN), "h264_metadata " + key);
    }
}
