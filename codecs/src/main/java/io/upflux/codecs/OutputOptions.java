package io.upflux.codecs;

import io.upflux.pipeline.StreamException;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an output is encoded and written. Immutable; every {@code with} method returns a changed copy.
 *
 * @param videoCodec FFmpeg's name of an encoder ({@code libsvtav1}), or of a codec ({@code av1}) for the best encoder of it
 *     that works; null to choose by container and picture format
 * @param encoderOptions options of that encoder by FFmpeg's names, winning over everything Upflux sets by itself
 * @param crf quality on the encoder's own constant-quality scale; null for a default that is hard to tell from lossless
 * @param bitrate target in bits a second instead of a quality; null for constant quality
 * @param height final height in lines, reached by a Lanczos filter behind the network; null to keep what comes
 * @param overwrite whether an existing output is replaced
 * @param container FFmpeg's name of the container ({@code matroska}); null to go by the file name
 * @param threads threads the encoder may use, 0 to let it decide
 */
public record OutputOptions(
        @Nullable String videoCodec,
        Map<String, String> encoderOptions,
        @Nullable Integer crf,
        @Nullable Long bitrate,
        @Nullable Integer height,
        boolean overwrite,
        @Nullable String container,
        int threads)
        implements Serializable {
    /** @throws StreamException when options contradict each other or are out of range */
    public OutputOptions {
        encoderOptions = Map.copyOf(encoderOptions);
        if (crf != null && bitrate != null) {
            throw new StreamException("a quality (crf) and a bitrate exclude each other: give one of them");
        }
        if (crf != null && (crf < 0 || crf > 63)) {
            throw new StreamException("crf must be 0 to 63, not " + crf);
        }
        if (bitrate != null && bitrate <= 0) {
            throw new StreamException("bitrate must be positive, not " + bitrate);
        }
        if (height != null && (height < 2 || height > 16384)) {
            throw new StreamException("height must be 2 to 16384 lines, not " + height);
        }
        if (threads < 0) {
            throw new StreamException("threads must not be negative: " + threads);
        }
    }

    public static OutputOptions defaults() {
        return new OutputOptions(null, Map.of(), null, null, null, false, null, 0);
    }

    public OutputOptions withVideoCodec(@Nullable String newCodec) {
        return new OutputOptions(newCodec, encoderOptions, crf, bitrate, height, overwrite, container, threads);
    }

    /** Adds one encoder option to those given so far. */
    public OutputOptions withEncoderOption(String key, String value) {
        Map<String, String> options = new LinkedHashMap<>(encoderOptions);
        options.put(key, value);
        return withEncoderOptions(options);
    }

    public OutputOptions withEncoderOptions(Map<String, String> newOptions) {
        return new OutputOptions(videoCodec, newOptions, crf, bitrate, height, overwrite, container, threads);
    }

    public OutputOptions withCrf(@Nullable Integer newCrf) {
        return new OutputOptions(videoCodec, encoderOptions, newCrf, bitrate, height, overwrite, container, threads);
    }

    public OutputOptions withBitrate(@Nullable Long newBitrate) {
        return new OutputOptions(videoCodec, encoderOptions, crf, newBitrate, height, overwrite, container, threads);
    }

    public OutputOptions withHeight(@Nullable Integer newHeight) {
        return new OutputOptions(videoCodec, encoderOptions, crf, bitrate, newHeight, overwrite, container, threads);
    }

    public OutputOptions withOverwrite(boolean newOverwrite) {
        return new OutputOptions(videoCodec, encoderOptions, crf, bitrate, height, newOverwrite, container, threads);
    }

    public OutputOptions withContainer(@Nullable String newContainer) {
        return new OutputOptions(videoCodec, encoderOptions, crf, bitrate, height, overwrite, newContainer, threads);
    }

    public OutputOptions withThreads(int newThreads) {
        return new OutputOptions(videoCodec, encoderOptions, crf, bitrate, height, overwrite, container, newThreads);
    }
}
