package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_ATTACHED_PIC;
import static org.bytedeco.ffmpeg.global.avutil.*;

import io.upflux.codecs.ffmpeg.Av;
import org.bytedeco.ffmpeg.avcodec.AVCodecDescriptor;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avformat.AVStream;

/**
 * What happens to one stream of the input in a given container.
 *
 * @param action copy, convert or drop
 * @param codec AVCodecID it becomes, where it is converted
 * @param reason why it is dropped, for people
 */
record StreamPlan(Action action, int codec, String reason) {
    /** Kinds of fate. */
    enum Action {
        COPY,
        COVER,
        COVER_AS_ATTACHMENT,
        ATTACHMENT,
        CONVERT_AUDIO,
        CONVERT_SUBTITLE,
        DROP,
        /** Dropped without a word, because its content arrives by another way. */
        SKIP
    }

    private static final int TAG_GPMD = tag("gpmd");
    private static final int TAG_TMCD = tag("tmcd");
    private static final int TAG_TEXT = tag("text");

    static StreamPlan of(Container container, AVStream stream) {
        AVCodecParameters parameters = stream.codecpar();
        int type = parameters.codec_type();
        if (type == AVMEDIA_TYPE_VIDEO && (stream.disposition() & AV_DISPOSITION_ATTACHED_PIC) != 0) {
            return cover(container, parameters);
        }
        if (type == AVMEDIA_TYPE_ATTACHMENT) {
            return container.hasAttachments() ? to(Action.ATTACHMENT) : drop(container + " has no attachments");
        }
        if (type == AVMEDIA_TYPE_DATA) {
            return data(container, stream);
        }
        if (container.isImage()) {
            return to(Action.SKIP);
        }
        if (container.holds(parameters.codec_id()) && ContainerTrial.accepts(container, stream)) {
            return to(Action.COPY);
        }
        if (type == AVMEDIA_TYPE_AUDIO) {
            return new StreamPlan(Action.CONVERT_AUDIO, audioCodec(container), "");
        }
        if (type == AVMEDIA_TYPE_SUBTITLE) {
            return subtitle(container, parameters.codec_id());
        }
        return drop(container + " cannot hold such streams");
    }

    static StreamPlan drop(String reason) {
        return new StreamPlan(Action.DROP, AV_CODEC_ID_NONE, reason);
    }

    /** {@code audio stream 2 (ac3)}. */
    static String label(AVStream stream) {
        return kind(stream).replaceFirst(" stream", " stream " + stream.index());
    }

    /** {@code audio stream (ac3)}. */
    static String kind(AVStream stream) {
        AVCodecParameters parameters = stream.codecpar();
        String type = Av.string(av_get_media_type_string(parameters.codec_type()));
        String codec = parameters.codec_id() == AV_CODEC_ID_NONE
                ? ""
                : " (" + avcodec_get_name(parameters.codec_id()).getString() + ")";
        return (type == null ? "unknown" : type) + " stream" + codec;
    }

    private static StreamPlan cover(Container container, AVCodecParameters parameters) {
        int codec = parameters.codec_id();
        boolean picture = codec == AV_CODEC_ID_MJPEG || codec == AV_CODEC_ID_PNG || codec == AV_CODEC_ID_BMP;
        if (container.isImage()) {
            return to(Action.SKIP);
        }
        if (container.isIso() && picture) {
            return to(Action.COVER);
        }
        return container.hasAttachments() && picture
                ? to(Action.COVER_AS_ATTACHMENT)
                : drop(container + " has no cover art");
    }

    private static StreamPlan data(Container container, AVStream stream) {
        int tag = stream.codecpar().codec_tag();
        if (stream.discard() == AVDISCARD_ALL || (tag == TAG_TEXT && container.hasChapters()) || container.isImage()) {
            // The text track behind QuickTime chapters; the chapters themselves are carried.
            return to(Action.SKIP);
        }
        if (tag == TAG_TMCD && container.name().equals("mov")) {
            // Its muxer makes a new one from the time code tag.
            return to(Action.SKIP);
        }
        int codec = stream.codecpar().codec_id();
        boolean known = codec != AV_CODEC_ID_BIN_DATA || (tag == TAG_GPMD && container.isIso());
        return known && container.holds(codec) && ContainerTrial.accepts(container, stream)
                ? to(Action.COPY)
                : drop(container + " cannot hold such streams");
    }

    private static StreamPlan subtitle(Container container, int codec) {
        AVCodecDescriptor descriptor = avcodec_descriptor_get(codec);
        boolean text = descriptor != null && (descriptor.props() & AV_CODEC_PROP_TEXT_SUB) != 0;
        if (!text) {
            return drop(container + " cannot hold such streams, and pictures cannot become text");
        }
        int[] choices = container.isIso()
                ? new int[] {AV_CODEC_ID_MOV_TEXT}
                : container.isWebm()
                        ? new int[] {AV_CODEC_ID_WEBVTT}
                        : new int[] {AV_CODEC_ID_SUBRIP, AV_CODEC_ID_ASS, AV_CODEC_ID_WEBVTT};
        for (int choice : choices) {
            if (container.holds(choice)) {
                return new StreamPlan(Action.CONVERT_SUBTITLE, choice, "");
            }
        }
        return drop(container + " has no text subtitles");
    }

    private static int audioCodec(Container container) {
        for (int codec : new int[] {AV_CODEC_ID_AAC, AV_CODEC_ID_OPUS, AV_CODEC_ID_MP3, AV_CODEC_ID_AC3}) {
            if (container.holds(codec)) {
                return codec;
            }
        }
        return container.format().audio_codec();
    }

    private static StreamPlan to(Action action) {
        return new StreamPlan(action, AV_CODEC_ID_NONE, "");
    }

    private static int tag(String name) {
        return name.charAt(0) | name.charAt(1) << 8 | name.charAt(2) << 16 | name.charAt(3) << 24;
    }
}
