package io.upflux.server.job;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What has been done since the server was started. */
final class JobCounters {
    private record Tally(LongAdder jobs, LongAdder nanos) {}

    private final Map<JobState, Tally> tallies = new EnumMap<>(JobState.class);

    JobCounters() {
        for (JobState state : JobState.values()) {
            tallies.put(state, new Tally(new LongAdder(), new LongAdder()));
        }
    }

    /** @param worked how long the job was worked on */
    void ended(JobState state, Duration worked) {
        tally(state).jobs().increment();
        tally(state).nanos().add(worked.toNanos());
    }

    long jobs(JobState state) {
        return tally(state).jobs().sum();
    }

    double nanos(JobState state) {
        return tally(state).nanos().sum();
    }

    private Tally tally(JobState state) {
        return JobRows.required(tallies.get(state));
    }
}
