package io.upflux.server.cli;

import io.upflux.codecs.InputLimits;
import io.upflux.codecs.InputOptions;
import io.upflux.codecs.OutputOptions;
import io.upflux.reuse.ReuseMode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How files are read and written. */
public final class UpscaleOptions {
    @Option(
            names = "--start",
            paramLabel = "T",
            converter = TimeConverter.class,
            description = {
                "Begin at this time of the input: seconds, 1m30s, MM:SS or HH:MM:SS.mmm. A picture as the output",
                "is that of this time."
            })
    private @Nullable Duration start;

    @Option(
            names = "--duration",
            paramLabel = "T",
            converter = TimeConverter.class,
            description = "Stop after this much of the input.")
    private @Nullable Duration duration;

    @Option(
            names = "--max-pixels",
            paramLabel = "N",
            description = "Refuse inputs whose pictures have more pixels (default: 134217728, 16384x8192).")
    private long maxPixels = InputLimits.USUAL.pixels();

    @Option(names = "--max-streams", paramLabel = "N", description = "Refuse inputs with more streams (default: 256).")
    private int maxStreams = InputLimits.USUAL.streams();

    @Option(
            names = "--max-frame-rate",
            paramLabel = "N",
            description = "Refuse inputs that state more frames a second (default: 1000).")
    private double maxFrameRate = InputLimits.USUAL.rate();

    @Option(
            names = "--max-duration",
            paramLabel = "T",
            converter = TimeConverter.class,
            description = "Refuse inputs that are longer (default: any are taken).")
    private @Nullable Duration maxDuration;

    @Option(names = "--no-deinterlace", description = "Leave interlaced pictures as they are.")
    private boolean leaveInterlaced;

    @Option(
            names = "--hwaccel",
            paramLabel = "NAME[:DEVICE]",
            description = {
                "Have a device decode what it can, as FFmpeg calls it: cuda (NVIDIA's NVDEC), vaapi or vulkan",
                "(default: the processor decodes)."
            })
    private @Nullable String hwaccel;

    @Option(
            names = "--video-codec",
            paramLabel = "NAME",
            description = {
                "Codec, such as h264, av1 or vp9, for the best encoder of it that works here, or an encoder,"
                        + " as FFmpeg calls it (default: the best one there is for the container)."
            })
    private @Nullable String videoCodec;

    @Option(
            names = {"-e", "--encoder-option"},
            paramLabel = "KEY=VALUE",
            description = "Option for the encoder, as FFmpeg calls it; may be repeated.")
    private Map<String, String> encoderOptions = new LinkedHashMap<>();

    @ArgGroup
    private @Nullable Quality quality;

    @Option(names = "--overwrite", description = "Replace the output if there is one.")
    private boolean overwrite;

    @Option(
            names = "--reuse",
            paramLabel = "exact|near|off",
            converter = ReuseConverter.class,
            defaultValue = "exact",
            description = {
                "Compute only what has changed since earlier frames: exact keeps what nothing has changed by a bit, near",
                "also adapts what has hardly changed, off computes every frame whole (default: exact)."
            })
    @SuppressWarnings("NullAway.Init") // picocli sets the default
    private ReuseMode reuse;

    @Option(
            names = "--no-guard",
            description =
                    "Don't look for upscaled pictures that are black, flat or have seams where the input has not.")
    private boolean unguarded;

    @Option(
            names = "--input-option",
            paramLabel = "KEY=VALUE",
            description = "Option for FFmpeg's demuxer and protocol; may be repeated.")
    private Map<String, String> inputOptions = new LinkedHashMap<>();

    /** Quality or size: one of them. */
    static final class Quality {
        @Option(
                names = "--crf",
                paramLabel = "N",
                description = "Constant quality, on the encoder's own scale; lower is better.")
        private @Nullable Integer crf;

        @Option(
                names = "--bitrate",
                paramLabel = "R",
                converter = BitrateConverter.class,
                description = "Mean bits a second of the video: 2500k, 4M.")
        private @Nullable Long bitrate;
    }

    /** How much a frame may be made from those before it. */
    public ReuseMode reuse() {
        return reuse;
    }

    /** Whether pictures that come out spoilt are looked for. */
    public boolean guard() {
        return !unguarded;
    }

    /** Whether the input is asked for from a time on, and not until when. */
    boolean startsOnly() {
        return start != null && duration == null;
    }

    /** Whether nothing of the input is asked for. */
    public boolean readsNothing() {
        return duration != null && duration.isZero();
    }

    /** @param rotatePixels whether the output cannot say that it is to be shown rotated */
    public InputOptions input(boolean rotatePixels) {
        return InputOptions.defaults()
                .withLimits(new InputLimits(maxPixels, maxStreams, maxFrameRate, maxDuration))
                .withDemuxerOptions(inputOptions)
                .withHwaccel(hwaccel)
                .withStart(start)
                .withDuration(duration)
                .withDeinterlace(!leaveInterlaced)
                .withRotatePixels(rotatePixels);
    }

    /**
     * @param height of the output in pixels, null for the upscaled one
     * @param threads for the encoder, 0 to let it choose
     * @throws io.upflux.pipeline.StreamException when a value is out of range
     */
    public OutputOptions output(@Nullable Integer height, int threads) {
        OutputOptions options = OutputOptions.defaults()
                .withVideoCodec(videoCodec)
                .withEncoderOptions(encoderOptions)
                .withHeight(height)
                .withOverwrite(overwrite)
                .withThreads(threads);
        return quality == null ? options : options.withCrf(quality.crf).withBitrate(quality.bitrate);
    }

    /** A wrong mode is wrong usage. */
    static final class ReuseConverter implements ITypeConverter<ReuseMode> {
        @Override
        public ReuseMode convert(String value) {
            try {
                return ReuseMode.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
