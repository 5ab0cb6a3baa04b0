package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_AC3;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MP3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_copy;
import static org.bytedeco.ffmpeg.global.avformat.*;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.av_free;

import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.BytePointer;

/** Asks a muxer by trying: its header is written to memory with nothing but the stream in question. */
final class ContainerTrial {
    private ContainerTrial() {}

    static boolean accepts(Container container, AVStream source) {
        return accepts(container, stream -> {
            copyParameters(container, source.codecpar(), stream.codecpar());
            stream.time_base(source.time_base());
            stream.sample_aspect_ratio(source.sample_aspect_ratio());
        });
    }

    /** Whether a container takes video of this codec at all. */
    static boolean acceptsVideo(Container container, int codec) {
        return accepts(container, stream -> {
            stream.codecpar().codec_type(AVMEDIA_TYPE_VIDEO);
            stream.codecpar().codec_id(codec);
            stream.codecpar().width(64);
            stream.codecpar().height(64);
            stream.time_base().num(1).den(25);
        });
    }

    private static boolean accepts(Container container, Consumer<AVStream> describe) {
        if (container.opensFiles()) {
            return true;
        }
        AVFormatContext context = new AVFormatContext(null);
        if (avformat_alloc_output_context2(context, container.format(), (String) null, null) < 0) {
            return false;
        }
        AVIOContext io = new AVIOContext(null);
        try {
            context.strict_std_compliance(-2);
            describe.accept(avformat_new_stream(context, null));
            if (avio_open_dyn_buf(io) < 0) {
                return false;
            }
            context.pb(io);
            if (avformat_write_header(context, (AVDictionary) null) < 0) {
                return false;
            }
            av_write_trailer(context);
            return true;
        } finally {
            if (!io.isNull()) {
                BytePointer bytes = new BytePointer((BytePointer) null);
                avio_close_dyn_buf(io, bytes);
                av_free(bytes);
                context.pb(null);
            }
            avformat_free_context(context);
        }
    }

    /** All but another container's own terms; its four-character code stays where it means the same codec. */
    static void copyParameters(Container container, AVCodecParameters from, AVCodecParameters to) {
        avcodec_parameters_copy(to, from);
        var tags = container.format().codec_tag();
        boolean keep = tags == null
                || tags.isNull()
                || av_codec_get_id(tags, from.codec_tag()) == from.codec_id()
                || av_codec_get_tag(tags, from.codec_id()) == 0;
        if (!keep) {
            to.codec_tag(0);
        }
        if (from.codec_id() == AV_CODEC_ID_AC3 || from.codec_id() == AV_CODEC_ID_MP3) {
            // AVI's way of counting bytes; its muxer would take each packet for a whole number of blocks.
            to.block_align(0);
        }
    }
}
