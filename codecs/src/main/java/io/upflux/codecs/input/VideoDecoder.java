package io.upflux.codecs.input;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.pipeline.StreamException;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.jspecify.annotations.Nullable;

/** One stream's decoder. Damage is counted and decoding goes on. One thread at a time. */
final class VideoDecoder implements AutoCloseable {
    private final AVCodecContext context;
    private int damaged;
    private boolean closed;

    VideoDecoder(AVStream stream, int threads, String name) {
        int id = stream.codecpar().codec_id();
        AVCodec codec = avcodec.avcodec_find_decoder(id);
        if (codec == null) {
            throw new StreamException(name + ": there is no decoder for " + Av.string(avcodec.avcodec_get_name(id))
                    + " video in this build of FFmpeg");
        }
        context = Av.allocated(avcodec.avcodec_alloc_context3(codec), name);
        try {
            Av.check(avcodec.avcodec_parameters_to_context(context, stream.codecpar()), name);
            context.pkt_timebase(stream.time_base());
            context.thread_count(threads);
            context.thread_type(AVCodecContext.FF_THREAD_FRAME | AVCodecContext.FF_THREAD_SLICE);
            Av.check(
                    avcodec.avcodec_open2(context, codec, (org.bytedeco.javacpp.PointerPointer<?>) null),
                    name + ": opening the video decoder");
        } catch (RuntimeException e) {
            avcodec.avcodec_free_context(context);
            throw e;
        }
    }

    /** Damaged packets and frames so far. */
    int damaged() {
        return damaged;
    }

    /** Feeds a packet, or null for the end. To be called when {@link #receive} found nothing. */
    void send(@Nullable AVPacket packet) {
        int code = avcodec.avcodec_send_packet(context, packet);
        if (code < 0 && code != Av.END) {
            damaged++;
        }
    }

    /**
     * Fetches a decoded frame into {@code frame}.
     *
     * @return {@link Result#FRAME}, or what to do next
     */
    Result receive(AVFrame frame) {
        int code = avcodec.avcodec_receive_frame(context, frame);
        if (code >= 0) {
            if (frame.decode_error_flags() != 0 || (frame.flags() & AVFrame.AV_FRAME_FLAG_CORRUPT) != 0) {
                damaged++;
            }
            return Result.FRAME;
        }
        if (code == Av.END) {
            return Result.END;
        }
        if (code != Av.AGAIN) {
            // A frame that could not be decoded; its packets are consumed, so the next ones help.
            damaged++;
        }
        return Result.NEEDS_INPUT;
    }

    enum Result {
        FRAME,
        NEEDS_INPUT,
        END
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            avcodec.avcodec_free_context(context);
        }
    }
}
