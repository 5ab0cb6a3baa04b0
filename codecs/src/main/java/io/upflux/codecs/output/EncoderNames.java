package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_NONE;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_descriptor_get_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.pipeline.StreamException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecDescriptor;

/** What people call encoders: FFmpeg's name of one, or the name of the codec that they make. */
final class EncoderNames {
    private EncoderNames() {}

    /**
     * The encoder of that name, or those of the codec of that name, best first.
     *
     * @throws StreamException when this build of FFmpeg has neither for video
     */
    static List<AVCodec> encoders(String name) {
        AVCodec named = EncoderTable.find(name);
        if (named != null) {
            return List.of(named);
        }
        int codec = codec(name);
        List<AVCodec> known = known();
        List<AVCodec> encoders =
                known.stream().filter(encoder -> encoder.id() == codec).toList();
        if (encoders.isEmpty()) {
            throw new StreamException("there is no video encoder " + name
                    + " in this build of FFmpeg, nor one for a codec of that name; encoders: "
                    + joined(known.stream().map(encoder -> encoder.name().getString()))
                    + "; codecs: "
                    + joined(known.stream().map(encoder -> codecName(encoder.id())))
                    + elsewhere(name));
        }
        return encoders;
    }

    /** How to get the encoder that a name stands for in the first place, where this build lacks it; empty elsewhere. */
    static String elsewhere(String name) {
        String encoder = switch (name.toLowerCase(Locale.ROOT)) {
            case "h264", "x264", "libx264" -> "libx264";
            case "h265", "hevc", "x265", "libx265" -> "libx265";
            default -> "";
        };
        return encoder.isEmpty() || EncoderTable.find(encoder) != null
                ? ""
                : "; " + encoder + " is in builds with the profile gpl (UPFLUX_PROFILES=gpl ./upflux, or mvn -Pgpl)";
    }

    /** FFmpeg's name of a codec. */
    static String codecName(int codec) {
        return String.valueOf(Av.string(avcodec_get_name(codec)));
    }

    private static List<AVCodec> known() {
        return EncoderTable.present().stream()
                .flatMap(spec -> Stream.ofNullable(EncoderTable.find(spec.name())))
                .toList();
    }

    private static int codec(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        AVCodecDescriptor descriptor = avcodec_descriptor_get_by_name(lower.equals("h265") ? "hevc" : lower);
        return descriptor == null || descriptor.isNull() ? AV_CODEC_ID_NONE : descriptor.id();
    }

    private static String joined(Stream<String> names) {
        return names.distinct().collect(Collectors.joining(", "));
    }
}
