package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_AAC;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;

import io.upflux.codecs.ffmpeg.Av;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;

/** Names of codecs as browsers want them: RFC 6381, with the parameters of ISO 14496-15 and 14496-3. */
final class CodecNames {
    private CodecNames() {}

    /**
     * Of the video that a movie's header describes: {@code avc1.PPCCLL} (profile, constraints, level), and in the forms of ISO
     * 14496-15 annex E, the AV1 and the VP9 binding; of other codecs what its description is called.
     */
    static String video(ByteBuffer movie) {
        SampleEntry entry = SampleEntry.of(movie);
        return switch (entry.kind()) {
            case "avc1", "avc3" -> avc(entry.kind(), entry.box("avcC"));
            case "hvc1", "hev1" -> hevc(entry.kind(), entry.box("hvcC"));
            case "av01" -> av1(entry.box("av1C"));
            case "vp09" -> vp9(entry.box("vpcC"));
            default -> entry.kind();
        };
    }

    private static String avc(String kind, ByteBuffer configuration) {
        return String.format(
                Locale.ROOT,
                "%s.%02x%02x%02x",
                kind,
                bits(configuration, 1, 0, 8),
                bits(configuration, 2, 0, 8),
                bits(configuration, 3, 0, 8));
    }

    /** Profile, compatible profiles from the last bit to the first, tier and level, constraints without zeros at the end. */
    private static String hevc(String kind, ByteBuffer configuration) {
        int space = bits(configuration, 1, 6, 2);
        StringBuilder name = new StringBuilder(kind).append('.');
        name.append(space == 0 ? "" : String.valueOf((char) ('A' + space - 1)));
        name.append(bits(configuration, 1, 0, 5)).append('.');
        name.append(Integer.toHexString(Integer.reverse(configuration.getInt(2))))
                .append('.');
        name.append(bits(configuration, 1, 5, 1) == 0 ? 'L' : 'H').append(bits(configuration, 12, 0, 8));
        int end = 12;
        while (end > 6 && configuration.get(end - 1) == 0) {
            end--;
        }
        for (int at = 6; at < end; at++) {
            name.append('.').append(Integer.toHexString(bits(configuration, at, 0, 8)));
        }
        return name.toString();
    }

    /** {@code av01.P.LLT.DD}: profile, level and tier, bits a sample. */
    private static String av1(ByteBuffer configuration) {
        boolean high = bits(configuration, 2, 6, 1) == 1;
        boolean twelve = bits(configuration, 2, 5, 1) == 1;
        return String.format(
                Locale.ROOT,
                "av01.%d.%02d%s.%02d",
                bits(configuration, 1, 5, 3),
                bits(configuration, 1, 0, 5),
                bits(configuration, 2, 7, 1) == 0 ? "M" : "H",
                twelve ? 12 : high ? 10 : 8);
    }

    /** {@code vp09.PP.LL.DD}: profile, level, bits a sample. */
    private static String vp9(ByteBuffer configuration) {
        return String.format(
                Locale.ROOT,
                "vp09.%02d.%02d.%02d",
                bits(configuration, 4, 0, 8),
                bits(configuration, 5, 0, 8),
                bits(configuration, 6, 4, 4));
    }

    private static int bits(ByteBuffer bytes, int at, int shift, int count) {
        return (bytes.get(at) & 0xff) >> shift & (1 << count) - 1;
    }

    /** {@code mp4a.40.N}, the object type out of AAC's configuration; else the codec's name. */
    static String audio(AVCodecParameters parameters) {
        if (parameters.codec_id() != AV_CODEC_ID_AAC) {
            return name(parameters);
        }
        ByteBuffer bytes = StreamLikeness.extradata(parameters);
        return "mp4a.40." + new AacConfiguration(bytes).objectType();
    }

    private static String name(AVCodecParameters parameters) {
        return String.valueOf(Av.string(avcodec_get_name(parameters.codec_id())));
    }
}
