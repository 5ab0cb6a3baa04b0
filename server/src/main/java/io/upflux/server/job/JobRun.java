package io.upflux.server.job;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A job while it is worked on, and what somebody wants it to become instead. */
final class JobRun {
    private final Job job;
    private final long begin = System.nanoTime();
    private final Sinks.Empty<Void> stop = Sinks.empty();
    private final Sinks.Empty<Void> settled = Sinks.empty();
    private @Nullable JobState wanted;
    private @Nullable String why;

    JobRun(Job job) {
        this.job = job;
    }

    Job job() {
        return job;
    }

    /** How long it has been worked on, over all processes. */
    Duration worked() {
        return job.worked().plusNanos(System.nanoTime() - begin);
    }

    /** Completes when it is to stop. */
    Mono<Void> stopped() {
        return stop.asMono();
    }

    /**
     * Stops it. The first wish counts, but for that to give it up.
     *
     * @param to what it is to become
     * @param reason of a failure
     * @return completes when it has become something, be it what was wanted or what the work has made of it
     */
    Mono<Void> stop(JobState to, @Nullable String reason) {
        synchronized (this) {
            if (wanted == null || to == JobState.CANCELLED) {
                wanted = to;
                why = reason;
            }
        }
        stop.tryEmitEmpty();
        return settled.asMono();
    }

    synchronized boolean isStopping() {
        return wanted != null;
    }

    /** What it became is in the database. */
    void settle() {
        settled.tryEmitEmpty();
    }

    /**
     * What it becomes when the work has ended.
     *
     * @param tries how often it may crash without getting any further
     */
    synchronized Fate fate(JobEnd end, int tries) {
        int crashes = end.further() ? 0 : job.crashes();
        return switch (end.kind()) {
            case DONE -> new Fate(JobState.DONE, crashes, null);
            case FAILED ->
                wanted == JobState.CANCELLED
                        ? new Fate(JobState.CANCELLED, crashes, null)
                        : new Fate(JobState.FAILED, crashes, end.reason());
            case CRASHED, STOPPED -> wanted == null ? crash(end, crashes + 1, tries) : new Fate(wanted, crashes, why);
        };
    }

    private static Fate crash(JobEnd end, int crashes, int tries) {
        if (crashes < tries) {
            return new Fate(JobState.QUEUED, crashes, null);
        }
        String reason = end.reason().isEmpty() ? "its process was interrupted" : end.reason();
        return new Fate(JobState.FAILED, crashes, reason + "; that was try " + crashes + " of " + tries);
    }

    /** @param error null where nothing is wrong */
    record Fate(JobState state, int crashes, @Nullable String error) {
        Fate {
            Objects.requireNonNull(state);
        }
    }
}
