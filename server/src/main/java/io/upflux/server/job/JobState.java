package io.upflux.server.job;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Where a job is. */
public enum JobState {
    /** Waits for its turn. */
    QUEUED,
    /** A process works on it. */
    RUNNING,
    /** Waits until somebody queues it; what is finished stays. */
    PAUSED,
    /** Its output is there. */
    DONE,
    /** Its error says why there is no output. */
    FAILED,
    /** Somebody did not want it any more; what is finished stays until it is deleted. */
    CANCELLED;

    /** By its name in lower case. */
    public static Optional<JobState> parse(String name) {
        return Arrays.stream(values())
                .filter(state -> state.toString().equals(name))
                .findAny();
    }

    /** In the order of their life. */
    public static List<String> names() {
        return Arrays.stream(values()).map(JobState::toString).toList();
    }

    /** Whether it stays so by itself, until its time to be forgotten. */
    public boolean isEnded() {
        return this == DONE || this == FAILED || this == CANCELLED;
    }

    /** As {@link #parse} takes it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
