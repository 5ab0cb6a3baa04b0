package io.upflux.server.config;

import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a stream is recorded.
 *
 * @param folder where its files go; made when it is not there
 * @param every how long a file is, cut at the next key frame that starts a segment
 * @param format {@code mp4}, {@code mkv} or {@code ts}
 * @param keep how long a file stays; null for ever
 */
public record RecordConfig(
        String folder,
        Duration every,
        String format,
        @Nullable Duration keep) {
    private static final Set<String> FORMATS = Set.of("mp4", "mkv", "ts");

    /** As this one, with its files elsewhere. */
    RecordConfig in(String otherFolder) {
        return new RecordConfig(otherFolder, every, format, keep);
    }

    static RecordConfig read(Settings said) {
        String folder = said.text("folder");
        if (folder == null || folder.isBlank()) {
            throw said.wrong("folder", "is missing: where the files go");
        }
        String format = Objects.requireNonNullElse(said.text("format"), "mp4");
        if (!FORMATS.contains(format)) {
            throw said.wrong("format", "must be mp4, mkv or ts, not " + format);
        }
        Duration every = Objects.requireNonNullElse(said.duration("every"), Duration.ofMinutes(10));
        if (every.compareTo(Duration.ofSeconds(1)) < 0) {
            throw said.wrong("every", "must be a second or more");
        }
        Duration keep = said.duration("keep");
        said.end();
        return new RecordConfig(folder, every, format, keep);
    }
}
