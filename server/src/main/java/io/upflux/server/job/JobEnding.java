package io.upflux.server.job;

import org.jspecify.annotations.Nullable;

/**
 * What became of a job in the end.
 *
 * @param state one that has {@link JobState#isEnded ended}
 * @param error why it failed; null when it did not
 */
public record JobEnding(
        String id, String name, JobState state, @Nullable String error) {}
