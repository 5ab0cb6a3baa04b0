package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avutil.av_cmp_q;

import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;

/** Whether a decoder set up for one stream can go on with another. */
final class StreamLikeness {
    /** Length of Opus's identification header, and where in it the pre-skip and the gain are (RFC 7845, section 5.1). */
    static final int OPUS_HEAD_BYTES = 19;

    private static final int OPUS_PRE_SKIP = 10;
    private static final int OPUS_GAIN = 16;

    private StreamLikeness() {}

    static boolean of(AVCodecParameters one, AVCodecParameters other) {
        return one.codec_id() == other.codec_id()
                && one.profile() == other.profile()
                && one.width() == other.width()
                && one.height() == other.height()
                && av_cmp_q(one.sample_aspect_ratio(), other.sample_aspect_ratio()) == 0
                && one.sample_rate() == other.sample_rate()
                && one.ch_layout().nb_channels() == other.ch_layout().nb_channels()
                && configuration(one).equals(configuration(other));
    }

    /** Equal where decoders are set up alike. */
    private static ByteBuffer configuration(AVCodecParameters parameters) {
        ByteBuffer bytes = extradata(parameters);
        return switch (parameters.codec_id()) {
            case AV_CODEC_ID_AAC -> new AacConfiguration(bytes).normal();
            case AV_CODEC_ID_OPUS -> bytes.limit() < OPUS_HEAD_BYTES ? bytes : opusHead(bytes);
            default -> bytes;
        };
    }

    /** Without what says only how the first stream began, and what it was made from. */
    private static ByteBuffer opusHead(ByteBuffer bytes) {
        ByteBuffer head = ByteBuffer.allocate(bytes.limit()).put(bytes.slice()).flip();
        for (int i = OPUS_PRE_SKIP; i < OPUS_GAIN; i++) {
            head.put(i, (byte) 0);
        }
        return head;
    }

    /** The codec's own configuration: parameter sets and their like. */
    static ByteBuffer extradata(AVCodecParameters parameters) {
        int size = parameters.extradata_size();
        return size <= 0
                ? ByteBuffer.allocate(0)
                : parameters.extradata().capacity(size).asByteBuffer();
    }
}
