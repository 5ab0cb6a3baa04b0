package io.upflux.codecs.input;

import io.upflux.pipeline.StreamException;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/** Which stream of a container is the video to upscale. */
final class VideoStreamChoice {
    private VideoStreamChoice() {}

    /**
     * FFmpeg's best one, never a cover picture beside sound; one without a decoder only when there is no other, since
     * opening that decoder says what is missing.
     *
     * @param wanted index of the one that was asked for, null for the best
     * @param name of the input, for messages
     * @return index of the stream
     * @throws StreamException when there is none
     */
    static int of(AVFormatContext context, @Nullable Integer wanted, String name) {
        if (wanted != null) {
            if (wanted < 0
                    || wanted >= context.nb_streams()
                    || context.streams(wanted).codecpar().codec_type() != avutil.AVMEDIA_TYPE_VIDEO) {
                throw new StreamException(name + ": stream " + wanted + " is no video");
            }
            return wanted;
        }
        int best = avformat.av_find_best_stream(context, avutil.AVMEDIA_TYPE_VIDEO, -1, -1, (AVCodec) null, 0);
        if (best >= 0 && isDecodable(context.streams(best))) {
            return best;
        }
        boolean sound = false;
        int undecodable = -1;
        for (int i = 0; i < context.nb_streams(); i++) {
            AVStream stream = context.streams(i);
            int type = stream.codecpar().codec_type();
            if (type == avutil.AVMEDIA_TYPE_VIDEO && isDecodable(stream)) {
                return i;
            }
            if (type == avutil.AVMEDIA_TYPE_VIDEO && !isCover(stream)) {
                undecodable = i;
            }
            sound |= type == avutil.AVMEDIA_TYPE_AUDIO;
        }
        if (undecodable >= 0) {
            return undecodable;
        }
        throw new StreamException(name + (sound ? ": has sound but no video" : ": has no video"));
    }

    static boolean isCover(AVStream stream) {
        return (stream.disposition() & avformat.AV_DISPOSITION_ATTACHED_PIC) != 0;
    }

    private static boolean isDecodable(AVStream stream) {
        return !isCover(stream)
                && avcodec.avcodec_find_decoder(stream.codecpar().codec_id()) != null;
    }
}
