package io.upflux.codecs;

import java.io.Serializable;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an input is read. Immutable; every {@code with} method returns a changed copy.
 *
 * @param start skip this much from the beginning, exact to the frame; null for none
 * @param duration read this much; null for all
 * @param deinterlace make full pictures of interlaced ones (bwdif, one for one)
 * @param rotatePixels turn the pixels as the display matrix says; otherwise the sink carries the matrix
 * @param openDeadline how long opening a network input may take
 * @param readDeadline how long a network input may send nothing
 * @param threads threads of the decoder, 0 for one a core
 * @param hwaccel device that decodes what it can, as FFmpeg calls it, such as {@code cuda} or {@code cuda:1}; null for the
 *     processor
 * @param videoStream index of the stream to decode; null for the best one
 * @param demuxerOptions options of FFmpeg's demuxer and protocol, by their names
 * @param loop go back to the beginning at the end of an input that can, time going on
 * @param limits beyond which an input is refused
 */
public record InputOptions(
        @Nullable Duration start,
        @Nullable Duration duration,
        boolean deinterlace,
        boolean rotatePixels,
        Duration openDeadline,
        Duration readDeadline,
        int threads,
        @Nullable String hwaccel,
        @Nullable Integer videoStream,
        Map<String, String> demuxerOptions,
        boolean loop,
        InputLimits limits)
        implements Serializable {
    public InputOptions {
        demuxerOptions = Map.copyOf(demuxerOptions);
    }

    public static InputOptions defaults() {
        return new InputOptions(
                null,
                null,
                true,
                false,
                Duration.ofSeconds(20),
                Duration.ofSeconds(10),
                0,
                null,
                null,
                Map.of(),
                false,
                InputLimits.USUAL);
    }

    public InputOptions withStart(@Nullable Duration newStart) {
        return new InputOptions(
                newStart,
                duration,
                deinterlace,
                rotatePixels,
                openDeadline,
                readDeadline,
                threads,
                hwaccel,
                videoStream,
                demuxerOptions,
                loop,
                limits);
    }

    public InputOptions withDuration(@Nullable Duration newDuration) {
        return new InputOptions(
                start,
                newDuration,
                deinterlace,
                rotatePixels,
                openDeadline,
                readDeadline,
                threads,
                hwaccel,
                videoStream,
                demuxerOptions,
                loop,
                limits);
    }

    public InputOptions withDeinterlace(boolean newDeinterlace) {
        return new InputOptions(
                start,
                duration,
                newDeinterlace,
                rotatePixels,
                openDeadline,
                readDeadline,
                threads,
                hwaccel,
                videoStream,
                demuxerOptions,
                loop,
                limits);
    }

    public InputOptions withRotatePixels(boolean newRotatePixels) {
        return new InputOptions(
                start,
                duration,
                deinterlace,
                newRotatePixels,
                openDeadline,
                readDeadline,
                threads,
                hwaccel,
                videoStream,
                demuxerOptions,
                loop,
                limits);
    }

    public InputOptions withDeadlines(Duration newOpenDeadline, Duration newReadDeadline) {
        return new InputOptions(
                start,
                duration,
                deinterlace,
                rotatePixels,
                newOpenDeadline,
                newReadDeadline,
                threads,
                hwaccel,
                videoStream,
                demuxerOptions,
                loop,
                limits);
    }

    public InputOptions withThreads(int newThreads) {
        return new InputOptions(
                start,
                duration,
                deinterlace,
                rotatePixels,
                openDeadline,
                readDeadline,
                newThreads,
                hwaccel,
                videoStream,
                demuxerOptions,
                loop,
                limits);
    }

    public InputOptions withHwaccel(@Nullable String newHwaccel) {
        return new InputOptions(
                start,
                duration,
                deinterlace,
                rotatePixels,
                openDeadline,
                readDeadline,
                threads,
                newHwaccel,
                videoStream,
                demuxerOptions,
                loop,
                limits);
    }

    public InputOptions withVideoStream(@Nullable Integer newStream) {
        return new InputOptions(
                start,
                duration,
                deinterlace,
                rotatePixels,
                openDeadline,
                readDeadline,
                threads,
                hwaccel,
                newStream,
                demuxerOptions,
                loop,
                limits);
    }

    public InputOptions withDemuxerOptions(Map<String, String> newOptions) {
        return new InputOptions(
                start,
                duration,
                deinterlace,
                rotatePixels,
                openDeadline,
                readDeadline,
                threads,
                hwaccel,
                videoStream,
                newOptions,
                loop,
                limits);
    }

    public InputOptions withLoop(boolean newLoop) {
        return new InputOptions(
                start,
                duration,
                deinterlace,
                rotatePixels,
                openDeadline,
                readDeadline,
                threads,
                hwaccel,
                videoStream,
                demuxerOptions,
                newLoop,
                limits);
    }

    public InputOptions withLimits(InputLimits newLimits) {
        return new InputOptions(
                start,
                duration,
                deinterlace,
                rotatePixels,
                openDeadline,
                readDeadline,
                threads,
                hwaccel,
                videoStream,
                demuxerOptions,
                loop,
                newLimits);
    }
}
