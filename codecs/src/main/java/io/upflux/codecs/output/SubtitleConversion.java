package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avutil.*;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avcodec.AVSubtitle;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** Text subtitles turned into another text format; between the two they are ASS events, FFmpeg's common form. */
final class SubtitleConversion implements Carried {
    private static final int LARGEST_EVENT = 1 << 20;
    private static final long UNKNOWN_END = 0xFFFFFFFFL;
    private static final AVRational MILLISECONDS = new AVRational().num(1).den(1000);

    private final Muxer muxer;
    private final Notices notices;
    private final String label;
    private final int target;
    private final AVRational timeBase;
    private final AVCodecContext decoder;
    private final AVCodecContext encoder;
    private final BytePointer buffer = new BytePointer(av_malloc(LARGEST_EVENT));
    private final AVPacket output = av_packet_alloc();
    private long damaged;

    private SubtitleConversion(
            Muxer muxer,
            Notices notices,
            String label,
            int target,
            AVRational timeBase,
            AVCodecContext decoder,
            AVCodecContext encoder) {
        this.muxer = muxer;
        this.notices = notices;
        this.label = label;
        this.target = target;
        this.timeBase = timeBase;
        this.decoder = decoder;
        this.encoder = encoder;
    }

    /** Opens both codecs and adds the output stream, or returns null when FFmpeg lacks one of them. */
    static @Nullable SubtitleConversion open(Muxer muxer, Notices notices, String label, AVStream source, int codec) {
        AVCodec from = avcodec_find_decoder(source.codecpar().codec_id());
        AVCodec to = avcodec_find_encoder(codec);
        if (from == null || from.isNull() || to == null || to.isNull()) {
            return null;
        }
        AVCodecContext decoder = avcodec_alloc_context3(from);
        AVCodecContext encoder = avcodec_alloc_context3(to);
        try {
            Av.check(avcodec_parameters_to_context(decoder, source.codecpar()), label);
            decoder.pkt_timebase(source.time_base());
            Av.check(avcodec_open2(decoder, from, (org.bytedeco.ffmpeg.avutil.AVDictionary) null), label);
            encoder.time_base(MILLISECONDS);
            copyHeader(decoder, encoder);
            Av.check(avcodec_open2(encoder, to, (org.bytedeco.ffmpeg.avutil.AVDictionary) null), label);
        } catch (StreamException e) {
            avcodec_free_context(decoder);
            avcodec_free_context(encoder);
            return null;
        }
        AVStream target = muxer.addStream(Av.rational(MILLISECONDS));
        Av.check(avcodec_parameters_from_context(target.codecpar(), encoder), label);
        return new SubtitleConversion(
                muxer, notices, label, target.index(), Av.rational(Av.rational(source.time_base())), decoder, encoder);
    }

    @Override
    public void accept(AVPacket packet) {
        AVSubtitle subtitle = new AVSubtitle();
        int[] got = new int[1];
        int rc = avcodec_decode_subtitle2(decoder, subtitle, got, packet);
        try {
            if (rc < 0) {
                damaged++;
            } else if (got[0] != 0 && subtitle.num_rects() > 0) {
                encode(subtitle, packet);
            }
        } finally {
            if (rc >= 0 && got[0] != 0) {
                avsubtitle_free(subtitle);
            }
            subtitle.deallocate();
        }
    }

    @Override
    public void finish() {
        if (damaged > 0) {
            notices.warning(label + ": " + damaged + " damaged subtitles were left out");
        }
    }

    @Override
    public void close() {
        av_packet_free(output);
        avcodec_free_context(decoder);
        avcodec_free_context(encoder);
        av_free(buffer);
    }

    private void encode(AVSubtitle subtitle, AVPacket packet) {
        long start = av_rescale_q(packet.pts(), timeBase, MILLISECONDS)
                + Integer.toUnsignedLong(subtitle.start_display_time());
        long end = Integer.toUnsignedLong(subtitle.end_display_time());
        long duration = end == 0 || end == UNKNOWN_END
                ? av_rescale_q(packet.duration(), timeBase, MILLISECONDS)
                : end - Integer.toUnsignedLong(subtitle.start_display_time());
        // Encoders want the start in the packet, not in the event.
        subtitle.pts(start * 1000).start_display_time(0).end_display_time((int) duration);
        int size = avcodec_encode_subtitle(encoder, buffer, LARGEST_EVENT, subtitle);
        if (size <= 0) {
            damaged += size < 0 ? 1 : 0;
            return;
        }
        Av.check(av_new_packet(output, size), label);
        Pointer.memcpy(output.data(), buffer, size);
        output.pts(start).dts(start).duration(duration).flags(AV_PKT_FLAG_KEY);
        if (!muxer.write(output, target, MILLISECONDS)) {
            damaged++;
        }
    }

    private static void copyHeader(AVCodecContext decoder, AVCodecContext encoder) {
        int size = decoder.subtitle_header_size();
        if (size > 0) {
            BytePointer copy = new BytePointer(av_mallocz(size + 1L));
            Pointer.memcpy(copy, decoder.subtitle_header(), size);
            encoder.subtitle_header(copy);
            encoder.subtitle_header_size(size);
        }
    }
}
