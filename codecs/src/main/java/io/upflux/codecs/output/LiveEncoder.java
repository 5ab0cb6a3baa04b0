package io.upflux.codecs.output;

import io.upflux.codecs.OutputOptions;
import io.upflux.frame.FrameFormat;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/**
 * The encoder of a live stream: H.264, which every player decodes, a packet for each picture at once, and key frames only
 * where they are asked for.
 */
final class LiveEncoder {
    /** Far beyond any segment: the encoder shall not place key frames by itself. */
    private static final String NO_OWN_KEYS = "100000";

    /** Smaller than for files, since it goes over a network as it comes. */
    private static final int CRF = 24;

    private static final Map<String, Map<String, String>> SETTINGS = settings();

    private LiveEncoder() {}

    /**
     * Opens the first encoder that works, best first.
     *
     * @param name of the stream, for messages
     * @param sized the offered format at the size of the output
     * @param sourceHeight lines before upscaling
     * @param model first frame of the source
     */
    static VideoTrack open(
            String name,
            OutputOptions options,
            FrameFormat offered,
            FrameFormat sized,
            int sourceHeight,
            @Nullable AVFrame model,
            Notices notices) {
        StreamException first = null;
        String wanted = options.videoCodec();
        for (AVCodec encoder : EncoderNames.encoders(wanted == null ? "h264" : wanted)) {
            try {
                OutputOptions own = own(encoder.name().getString(), options);
                EncoderChoice choice = new EncoderChoice(Container.of("live.mp4", null), name, own);
                return VideoTrack.open(choice, own, offered, sized, sourceHeight, 0, model, true, notices);
            } catch (StreamException e) {
                first = first == null ? e : first;
            }
        }
        throw first != null ? first : new StreamException(name + ": no video encoder opens");
    }

    private static OutputOptions own(String encoder, OutputOptions options) {
        Map<String, String> settings = new LinkedHashMap<>(SETTINGS.getOrDefault(encoder, Map.of("g", NO_OWN_KEYS)));
        settings.putAll(options.encoderOptions());
        OutputOptions own = options.withVideoCodec(encoder).withEncoderOptions(settings);
        return options.crf() == null && options.bitrate() == null ? own.withCrf(CRF) : own;
    }

    private static Map<String, Map<String, String>> settings() {
        Map<String, Map<String, String>> settings = new LinkedHashMap<>();
        settings.put("libx264", Map.of("tune", "zerolatency", "forced-idr", "1", "g", NO_OWN_KEYS));
        settings.put("h264_nvenc", Map.of("tune", "ull", "forced-idr", "1", "bf", "0", "g", NO_OWN_KEYS));
        settings.put("libopenh264", Map.of("g", NO_OWN_KEYS));
        return settings;
    }
}
