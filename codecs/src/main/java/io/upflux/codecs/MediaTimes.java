package io.upflux.codecs;

import io.upflux.codecs.input.TimesReader;
import io.upflux.frame.Rational;
import java.util.List;

/**
 * When the packets of an input, or of a part of it, are due; found by reading all of it without decoding.
 *
 * @param timeBase of the video
 * @param frames times of the video's frames from its first key frame on, in rising order, in ticks; packets that show
 *     nothing count as frames, the two fields of a frame as one
 * @param keys those of key frames
 * @param divisible whether decoding can begin at any key frame: the input can seek, and times are stated, distinct and
 *     without leaps
 * @param tracks the streams in order, cover pictures and attachments left out
 */
public record MediaTimes(Rational timeBase, List<Long> frames, List<Long> keys, boolean divisible, List<Track> tracks) {
    /**
     * One stream.
     *
     * @param type {@code video}, {@code audio}, {@code subtitle} or {@code data}
     * @param codec FFmpeg's name of it
     * @param upscaled whether this is the video that is upscaled
     * @param packets that are shown or heard at a stated time
     * @param untimed those without one, as all of elementary streams are
     * @param start of the first of them in seconds on the input's clock; not a number without any
     * @param end of the last of them
     */
    public record Track(
            int index,
            String type,
            String codec,
            boolean upscaled,
            long packets,
            long untimed,
            double start,
            double end) {}

    public MediaTimes {
        tracks = List.copyOf(tracks);
    }

    /**
     * Reads an input through.
     *
     * @param options whose start and duration limit what is looked at
     * @throws io.upflux.pipeline.StreamException when it cannot be read, in one line that says why
     */
    public static MediaTimes read(String location, InputOptions options) {
        return read(location, options, () -> {});
    }

    /** As above. @param progress told of each packet, for reading all of a film takes its time */
    public static MediaTimes read(String location, InputOptions options, Runnable progress) {
        return TimesReader.read(location, options, progress);
    }
}
