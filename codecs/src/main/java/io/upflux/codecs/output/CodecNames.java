package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_AAC;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_H264;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;

import io.upflux.codecs.ffmpeg.Av;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;

/** Names of codecs as browsers want them: RFC 6381, with the parameters of ISO 14496-15 and 14496-3. */
final class CodecNames {
    private static final int SEQUENCE_PARAMETER_SET = 7;
    private static final int ESCAPED_OBJECT_TYPE = 31;
    private static final int LOW_COMPLEXITY = 2;

    private CodecNames() {}

    /** {@code avc1.PPCCLL}: profile, constraints and level out of the sequence parameter set. */
    static String video(AVCodecParameters parameters) {
        if (parameters.codec_id() != AV_CODEC_ID_H264) {
            return name(parameters);
        }
        ByteBuffer bytes = StreamLikeness.extradata(parameters);
        int at = bytes.remaining() > 3 && bytes.get(0) == 1 ? 1 : sequenceParameters(bytes);
        return String.format(
                Locale.ROOT,
                "avc1.%02x%02x%02x",
                bytes.get(at) & 0xff,
                bytes.get(at + 1) & 0xff,
                bytes.get(at + 2) & 0xff);
    }

    /** {@code mp4a.40.N}, the object type out of AAC's configuration; else the codec's name. */
    static String audio(AVCodecParameters parameters) {
        if (parameters.codec_id() != AV_CODEC_ID_AAC) {
            return name(parameters);
        }
        ByteBuffer bytes = StreamLikeness.extradata(parameters);
        int type = bytes.remaining() > 0 ? (bytes.get(0) & 0xff) >> 3 : LOW_COMPLEXITY;
        if (type == ESCAPED_OBJECT_TYPE && bytes.remaining() > 1) {
            type = 32 + ((bytes.get(0) & 7) << 3 | (bytes.get(1) & 0xff) >> 5);
        }
        return "mp4a.40." + type;
    }

    private static String name(AVCodecParameters parameters) {
        return String.valueOf(Av.string(avcodec_get_name(parameters.codec_id())));
    }

    /** Where the profile stands in a byte stream as of annex B. */
    private static int sequenceParameters(ByteBuffer bytes) {
        for (int i = 0; i + 6 < bytes.limit(); i++) {
            boolean start = bytes.get(i) == 0 && bytes.get(i + 1) == 0 && bytes.get(i + 2) == 1;
            if (start && (bytes.get(i + 3) & 31) == SEQUENCE_PARAMETER_SET) {
                return i + 4;
            }
        }
        throw new IllegalStateException("an H.264 encoder that states no parameters");
    }
}
