package io.upflux.server.config;

import java.time.Duration;
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
        @Nullable Duration keep) {}
