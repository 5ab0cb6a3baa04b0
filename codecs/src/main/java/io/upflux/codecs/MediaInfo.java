package io.upflux.codecs;

import io.upflux.codecs.input.Probe;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an input says of itself, without decoding it.
 *
 * @param format FFmpeg's name of the container
 * @param durationSeconds null when unknown
 * @param startSeconds start of the container's clock
 * @param bytes size, null when unknown
 * @param bitRate bits a second, null when unknown
 */
public record MediaInfo(
        String location,
        String format,
        @Nullable Double durationSeconds,
        double startSeconds,
        @Nullable Long bytes,
        @Nullable Long bitRate,
        Map<String, String> tags,
        List<Chapter> chapters,
        List<Stream> streams) {
    /** A chapter, in seconds. */
    public record Chapter(double start, double end, Map<String, String> tags) {}

    /**
     * One stream.
     *
     * @param type {@code video}, {@code audio}, {@code subtitle}, {@code data} or {@code attachment}
     * @param durationSeconds null when the container does not say
     * @param frames or packets, null when the container does not say
     * @param bitRate bits a second, null when nobody says
     * @param dispositions such as {@code default} or {@code attached_pic}
     * @param video of video streams
     * @param audio of audio streams
     */
    public record Stream(
            int index,
            String type,
            String codec,
            @Nullable String profile,
            String timeBase,
            double startSeconds,
            @Nullable Double durationSeconds,
            @Nullable Long frames,
            @Nullable Long bitRate,
            List<String> dispositions,
            Map<String, String> tags,
            @Nullable Video video,
            @Nullable Audio audio) {}

    /**
     * Picture properties.
     *
     * @param rotation degrees counter-clockwise that players turn the picture
     * @param fieldOrder {@code progressive}, {@code tt}, {@code bb}, {@code tb}, {@code bt} or {@code unknown}
     * @param hdr {@code pq} or {@code hlg} by transfer function, else {@code none}
     */
    public record Video(
            int width,
            int height,
            String pixelFormat,
            String frameRate,
            String sampleAspect,
            int rotation,
            String fieldOrder,
            String range,
            String matrix,
            String primaries,
            String transfer,
            String hdr) {}

    /** Sound properties. */
    public record Audio(int sampleRate, int channels, String layout) {}

    /**
     * Reads the headers of an input.
     *
     * @throws io.upflux.pipeline.StreamException when it cannot be read, in one line that says why
     */
    public static MediaInfo probe(String location, InputOptions options) {
        return Probe.read(location, options);
    }
}
