package io.upflux.codecs;

import java.util.Map;

/**
 * What was written into an output.
 *
 * @param video index of the stream of upscaled pictures
 * @param kinds how many streams of each kind there are, {@code video}, {@code audio}, {@code subtitle}, {@code data};
 *     cover pictures and attachments are not counted
 */
public record OutputStreams(int video, Map<String, Integer> kinds) {
    public OutputStreams {
        kinds = Map.copyOf(kinds);
    }
}
