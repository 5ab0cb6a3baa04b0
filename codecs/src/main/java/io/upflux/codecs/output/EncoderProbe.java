package io.upflux.codecs.output;

import io.upflux.codecs.VideoEncoders.Encoder;
import io.upflux.codecs.output.EncodedLayout.Loss;
import io.upflux.codecs.output.EncoderChoice.Candidate;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Rational;
import io.upflux.pipeline.StreamException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.global.avutil;

/** Which encoders of the table there are, and whether those that need a device open. */
public final class EncoderProbe {
    private static final FrameFormat SMALL = new FrameFormat(
            256,
            256,
            PixelLayout.YUV420P,
            ColourSpec.UNKNOWN_LIMITED,
            Rational.ONE,
            new Rational(1, 25),
            new Rational(25, 1));

    private EncoderProbe() {}

    public static List<Encoder> all() {
        List<Encoder> encoders = new ArrayList<>();
        for (EncoderSpec spec : EncoderTable.present()) {
            AVCodec codec = EncoderTable.find(spec.name());
            if (codec != null) {
                String reason = spec.hardware() ? failure(spec, codec) : "";
                encoders.add(new Encoder(
                        spec.name(), EncoderNames.codecName(codec.id()), spec.hardware(), reason.isEmpty(), reason));
            }
        }
        return encoders;
    }

    private static String failure(EncoderSpec spec, AVCodec codec) {
        EncodedLayout layout = new EncodedLayout(PixelLayout.YUV420P, avutil.AV_PIX_FMT_YUV420P);
        Candidate candidate = new Candidate(codec, spec, layout, new Loss(false, false, false, 0));
        EncoderSpec.Request request = new EncoderSpec.Request(null, null, 25, 0, 0);
        try (FrameEncoder ignored = FrameEncoder.open(candidate, SMALL, request, Map.of(), false, StaticHdr.NONE)) {
            return "";
        } catch (StreamException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
