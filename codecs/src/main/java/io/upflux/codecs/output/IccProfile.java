package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avutil.AV_FRAME_DATA_ICC_PROFILE;
import static org.bytedeco.ffmpeg.global.avutil.av_buffer_ref;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_side_data;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_new_side_data_from_buf;

import io.upflux.codecs.ffmpeg.Av;
import org.bytedeco.ffmpeg.avutil.AVBufferRef;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;
import org.jspecify.annotations.Nullable;

/**
 * The ICC profile of a still picture. Its numbers keep their meaning when it grows, so the profile goes along.
 *
 * @param source side data of the picture that was read, not owned; null for none
 */
record IccProfile(@Nullable AVFrameSideData source) {
    static final IccProfile NONE = new IccProfile(null);

    static IccProfile of(AVFrame frame) {
        return new IccProfile(av_frame_get_side_data(frame, AV_FRAME_DATA_ICC_PROFILE));
    }

    /** Gives a picture on its way into an encoder the profile, unless it has it from an earlier use. */
    void attachTo(AVFrame picture) {
        if (source == null || source.isNull() || av_frame_get_side_data(picture, AV_FRAME_DATA_ICC_PROFILE) != null) {
            return;
        }
        AVBufferRef bytes = Av.allocated(av_buffer_ref(source.buf()), "ICC profile");
        Av.allocated(av_frame_new_side_data_from_buf(picture, AV_FRAME_DATA_ICC_PROFILE, bytes), "ICC profile");
    }
}
