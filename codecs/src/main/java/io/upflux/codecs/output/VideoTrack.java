package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_free;

import io.upflux.codecs.EncoderIdentity;
import io.upflux.codecs.OutputOptions;
import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.output.EncoderChoice.Candidate;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/** The pictures' way from frames to packets: brought into shape, given their metadata, encoded. */
final class VideoTrack implements AutoCloseable {
    private final String name;
    private final FrameFormat wanted;
    private final PictureLoader loader;
    private final FrameEncoder encoder;
    private final IccProfile profile;
    private @Nullable AVFrame last;

    private VideoTrack(
            String name, FrameFormat wanted, PictureLoader loader, FrameEncoder encoder, IccProfile profile) {
        this.name = name;
        this.wanted = wanted;
        this.loader = loader;
        this.encoder = encoder;
        this.profile = profile;
    }

    /**
     * Opens the first encoder that takes the pictures, best first.
     *
     * @param sized the offered format at the size of the output
     * @param sourceHeight lines before upscaling, 0 when unknown
     * @param frames as {@link EncoderSpec.Request#frames}
     * @param model first frame of the source, whose HDR metadata and colour profile are kept; null for none
     * @throws StreamException when none opens: what the best one said
     */
    static VideoTrack open(
            EncoderChoice choice,
            OutputOptions options,
            FrameFormat offered,
            FrameFormat sized,
            int sourceHeight,
            long frames,
            @Nullable AVFrame model,
            boolean globalHeader,
            Notices notices) {
        EncoderSpec.Request request = new EncoderSpec.Request(
                options.crf(), options.bitrate(), offered.frameRate().toDouble(), options.threads(), frames);
        StaticHdr hdr = model == null ? StaticHdr.NONE : StaticHdr.of(model);
        IccProfile profile = model == null ? IccProfile.NONE : IccProfile.of(model);
        StreamException first = null;
        for (Candidate candidate : choice.candidates(offered.layout(), sized.width(), sized.height())) {
            boolean jpeg = candidate.spec().name().equals("mjpeg");
            FrameFormat wanted =
                    PictureFormat.wanted(offered, candidate.layout().layout(), jpeg, sourceHeight, sized.height());
            FrameFormat encoded = sized.withLayout(wanted.layout())
                    .withColour(wanted.colour())
                    .withTimeBase(wanted.timeBase());
            try {
                FrameEncoder encoder =
                        FrameEncoder.open(candidate, encoded, request, options.encoderOptions(), globalHeader, hdr);
                PictureLoader loader =
                        new PictureLoader(wanted, encoded, candidate.layout().pixelFormat());
                report(candidate, offered, options, notices);
                return new VideoTrack(candidate.spec().name(), wanted, loader, encoder, profile);
            } catch (StreamException e) {
                first = first == null ? e : first;
            }
        }
        if (first == null) {
            throw new StreamException("no video encoder opens");
        }
        String codec = options.videoCodec();
        throw codec == null ? first : new StreamException(first.getMessage() + EncoderNames.elsewhere(codec), first);
    }

    /** What the pipeline shall deliver. */
    FrameFormat wanted() {
        return wanted;
    }

    EncoderIdentity identity() {
        return new EncoderIdentity(name, HexFormat.of().formatHex(fingerprint()));
    }

    void describeTo(AVCodecParameters parameters) {
        encoder.describeTo(parameters);
    }

    /** SHA-256 of everything that a decoder must know besides the packets: encoders that agree here can continue each other. */
    byte[] fingerprint() {
        AVCodecParameters parameters = avcodec_parameters_alloc();
        try {
            describeTo(parameters);
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            String facts = String.join(
                    " ",
                    String.valueOf(Av.string(avcodec_get_name(parameters.codec_id()))),
                    Integer.toString(parameters.format()),
                    Integer.toString(parameters.profile()),
                    parameters.width() + "x" + parameters.height());
            digest.update(facts.getBytes(StandardCharsets.UTF_8));
            if (parameters.extradata_size() > 0) {
                digest.update(parameters
                        .extradata()
                        .capacity(parameters.extradata_size())
                        .asByteBuffer());
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        } finally {
            avcodec_parameters_free(parameters);
        }
    }

    /** As {@link FrameEncoder#encode}; the frame stays the caller's. */
    void encode(VideoFrame frame, long pts, Consumer<AVPacket> output) {
        encode(frame, pts, frame.duration(), false, output);
    }

    /** As {@link FrameEncoder#encode}; the frame stays the caller's. */
    void encode(VideoFrame frame, long pts, long duration, boolean key, Consumer<AVPacket> output) {
        AVFrame picture = loader.load(frame);
        profile.attachTo(picture);
        last = picture;
        encoder.encode(picture, pts, duration, key, output);
    }

    /** Encodes the last picture once more. */
    void repeat(long pts, long duration, boolean key, Consumer<AVPacket> output) {
        encoder.encode(Objects.requireNonNull(last, "no picture yet"), pts, duration, key, output);
    }

    void flush(Consumer<AVPacket> output) {
        encoder.flush(output);
    }

    @Override
    public void close() {
        loader.close();
        encoder.close();
    }

    private static void report(Candidate candidate, FrameFormat offered, OutputOptions options, Notices notices) {
        String name = candidate.spec().name();
        if (candidate.loss().any()) {
            String lost = candidate
                    .loss()
                    .describe(offered.layout(), candidate.layout().layout());
            notices.warning("encoder " + name + ": " + lost);
        } else if (!name.equals(options.videoCodec())) {
            notices.info("encoder " + name + ", " + candidate.layout().layout());
        }
    }
}
