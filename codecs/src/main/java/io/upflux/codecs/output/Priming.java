package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_DISCARD;
import static org.bytedeco.ffmpeg.global.avformat.avformat_index_get_entry;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.av_rescale_q;

import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVIndexEntry;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVRational;

/**
 * Sound that a decoder needs but nobody shall hear: what an audio encoder's filter bank runs in with. MP4 cuts it off
 * by an edit list, Matroska by its CodecDelay element.
 */
final class Priming {
    private Priming() {}

    /** Tells Matroska how much lies before zero; otherwise everything else would have to move to make room. */
    static void state(Container container, AVStream source, AVCodecParameters target) {
        boolean sound = target.codec_type() == AVMEDIA_TYPE_AUDIO && target.sample_rate() > 0;
        if (!sound || target.initial_padding() != 0 || !(container.isMatroska() || container.isWebm())) {
            return;
        }
        AVIndexEntry first = avformat_index_get_entry(source, 0);
        if (first != null && !first.isNull() && first.timestamp() < 0) {
            AVRational samples = new AVRational().num(1).den(target.sample_rate());
            target.initial_padding((int) av_rescale_q(-first.timestamp(), source.time_base(), samples));
        }
    }

    /** Whether a packet is cut off by the input's edit list at a place where the output has none. */
    static boolean isPast(AVPacket packet, long startMicros) {
        return (packet.flags() & AV_PKT_FLAG_DISCARD) != 0 && (packet.pts() >= 0 || startMicros > 0);
    }
}
