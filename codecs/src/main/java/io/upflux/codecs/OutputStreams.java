package io.upflux.codecs;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was written into an output.
 *
 * @param video index of the stream of upscaled pictures; null where the container does not keep the order of streams, and
 *     has one video only
 * @param kinds how many streams of each kind there are, {@code video}, {@code audio}, {@code subtitle}, {@code data};
 *     cover pictures and attachments are not counted
 */
public record OutputStreams(@Nullable Integer video, Map<String, Integer> kinds) {
    public OutputStreams {
        kinds = Map.copyOf(kinds);
    }
}
