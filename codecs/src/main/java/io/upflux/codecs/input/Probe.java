package io.upflux.codecs.input;

import io.upflux.codecs.InputOptions;
import io.upflux.codecs.MediaInfo;
import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.ffmpeg.AvOptions;
import io.upflux.codecs.ffmpeg.PixelFormats;
import io.upflux.frame.Rational;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avformat.AVChapter;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/** Reads the headers of an input into {@link MediaInfo}. */
public final class Probe {
    private static final int TRANSFER_PQ = 16;
    private static final int TRANSFER_HLG = 18;
    private static final int LAYOUT_TEXT = 128;

    private Probe() {}

    public static MediaInfo read(String location, InputOptions options) {
        try (Demuxer demuxer = new Demuxer(location, options)) {
            AVFormatContext context = demuxer.context();
            List<MediaInfo.Chapter> chapters = new ArrayList<>();
            for (int i = 0; i < context.nb_chapters(); i++) {
                AVChapter chapter = context.chapters(i);
                Rational base = Av.rational(chapter.time_base());
                chapters.add(new MediaInfo.Chapter(
                        base.seconds(chapter.start()),
                        base.seconds(chapter.end()),
                        AvOptions.entries(chapter.metadata())));
            }
            List<MediaInfo.Stream> streams = new ArrayList<>();
            for (int i = 0; i < context.nb_streams(); i++) {
                streams.add(stream(context, context.streams(i)));
            }
            long bytes = context.pb() == null ? 0 : avformat.avio_size(context.pb());
            return new MediaInfo(
                    demuxer.name(),
                    demuxer.formatName(),
                    duration(context.duration(), new Rational(1, Av.MICROS)),
                    seconds(context.start_time(), new Rational(1, Av.MICROS)),
                    known(bytes),
                    known(context.bit_rate()),
                    AvOptions.entries(context.metadata()),
                    chapters,
                    streams);
        }
    }

    private static MediaInfo.Stream stream(AVFormatContext context, AVStream stream) {
        AVCodecParameters parameters = stream.codecpar();
        int type = parameters.codec_type();
        Rational base = Av.rational(stream.time_base());
        return new MediaInfo.Stream(
                stream.index(),
                text(avutil.av_get_media_type_string(type)),
                text(avcodec.avcodec_get_name(parameters.codec_id())),
                Av.string(avcodec.avcodec_profile_name(parameters.codec_id(), parameters.profile())),
                base.toString(),
                seconds(stream.start_time(), base),
                duration(stream.duration(), base),
                known(stream.nb_frames()),
                known(parameters.bit_rate()),
                dispositions(stream.disposition()),
                AvOptions.entries(stream.metadata()),
                type == avutil.AVMEDIA_TYPE_VIDEO ? video(context, stream) : null,
                type == avutil.AVMEDIA_TYPE_AUDIO ? audio(parameters) : null);
    }

    private static MediaInfo.Video video(AVFormatContext context, AVStream stream) {
        AVCodecParameters parameters = stream.codecpar();
        int transfer = parameters.color_trc();
        return new MediaInfo.Video(
                parameters.width(),
                parameters.height(),
                PixelFormats.name(parameters.format()),
                fraction(avformat.av_guess_frame_rate(context, stream, null)),
                fraction(avformat.av_guess_sample_aspect_ratio(context, stream, null)),
                Orientation.of(parameters).degrees(),
                fieldOrder(parameters.field_order()),
                text(avutil.av_color_range_name(parameters.color_range())),
                text(avutil.av_color_space_name(parameters.color_space())),
                text(avutil.av_color_primaries_name(parameters.color_primaries())),
                text(avutil.av_color_transfer_name(transfer)),
                transfer == TRANSFER_PQ ? "pq" : transfer == TRANSFER_HLG ? "hlg" : "none");
    }

    private static MediaInfo.Audio audio(AVCodecParameters parameters) {
        byte[] layout = new byte[LAYOUT_TEXT];
        avutil.av_channel_layout_describe(parameters.ch_layout(), layout, layout.length);
        int length = 0;
        while (length < layout.length && layout[length] != 0) {
            length++;
        }
        return new MediaInfo.Audio(
                parameters.sample_rate(),
                parameters.ch_layout().nb_channels(),
                new String(layout, 0, length, StandardCharsets.UTF_8));
    }

    private static List<String> dispositions(int flags) {
        List<String> names = new ArrayList<>();
        for (int bit = 1; bit != 0; bit <<= 1) {
            if ((flags & bit) != 0) {
                Optional.ofNullable(Av.string(avformat.av_disposition_to_string(bit)))
                        .ifPresent(names::add);
            }
        }
        return names;
    }

    private static String fieldOrder(int order) {
        return switch (order) {
            case avcodec.AV_FIELD_PROGRESSIVE -> "progressive";
            case avcodec.AV_FIELD_TT -> "tt";
            case avcodec.AV_FIELD_BB -> "bb";
            case avcodec.AV_FIELD_TB -> "tb";
            case avcodec.AV_FIELD_BT -> "bt";
            default -> "unknown";
        };
    }

    private static double seconds(long ticks, Rational base) {
        return ticks == Av.NO_PTS ? 0 : base.seconds(ticks);
    }

    private static @Nullable Double duration(long ticks, Rational base) {
        return ticks > 0 ? base.seconds(ticks) : null;
    }

    /** FFmpeg says 0 or less for what it does not know. */
    private static @Nullable Long known(long number) {
        return number > 0 ? number : null;
    }

    private static String fraction(AVRational value) {
        return Av.rational(value).toString();
    }

    private static String text(@Nullable BytePointer pointer) {
        String text = Av.string(pointer);
        return text == null ? "unknown" : text;
    }
}
