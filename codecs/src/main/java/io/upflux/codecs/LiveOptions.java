package io.upflux.codecs;

import io.upflux.pipeline.StreamException;
import java.time.Duration;

/**
 * How a live stream is encoded and cut.
 *
 * @param encoding encoder, quality, size and threads; its container counts for nothing
 * @param segment longest time from one key frame that starts a segment to the next
 * @param part longest fragment
 * @param sound what becomes of the source's sound
 */
public record LiveOptions(OutputOptions encoding, Duration segment, Duration part, LiveSound sound) {
    /** @throws StreamException when a part is longer than a segment, or nothing */
    public LiveOptions {
        if (part.compareTo(Duration.ofMillis(50)) < 0 || part.compareTo(segment) > 0) {
            throw new StreamException("parts of " + part.toMillis() + " ms do not fit segments of " + segment.toMillis()
                    + " ms: a part lasts 50 ms or more and no longer than a segment");
        }
    }

    /** What no fragment is longer than: a millisecond may come of the rounding of time stamps. */
    public Duration longestPart() {
        return part.plusMillis(1);
    }

    /** Segments of two seconds in parts of a third: what LL-HLS players are made for. */
    public static LiveOptions defaults() {
        return new LiveOptions(OutputOptions.defaults(), Duration.ofSeconds(2), Duration.ofMillis(334), LiveSound.COPY);
    }

    public LiveOptions withEncoding(OutputOptions newEncoding) {
        return new LiveOptions(newEncoding, segment, part, sound);
    }

    public LiveOptions withCuts(Duration newSegment, Duration newPart) {
        return new LiveOptions(encoding, newSegment, newPart, sound);
    }

    public LiveOptions withSound(LiveSound newSound) {
        return new LiveOptions(encoding, segment, part, newSound);
    }
}
