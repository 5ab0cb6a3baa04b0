package io.upflux.codecs.output;

import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;

/** Whether a decoder set up for one stream can go on with another. */
final class StreamLikeness {
    private StreamLikeness() {}

    static boolean of(AVCodecParameters one, AVCodecParameters other) {
        return one.codec_id() == other.codec_id()
                && one.profile() == other.profile()
                && one.width() == other.width()
                && one.height() == other.height()
                && one.sample_rate() == other.sample_rate()
                && one.ch_layout().nb_channels() == other.ch_layout().nb_channels()
                && extradata(one).equals(extradata(other));
    }

    /** The codec's own configuration: parameter sets and their like. */
    static ByteBuffer extradata(AVCodecParameters parameters) {
        int size = parameters.extradata_size();
        return size <= 0
                ? ByteBuffer.allocate(0)
                : parameters.extradata().capacity(size).asByteBuffer();
    }
}
