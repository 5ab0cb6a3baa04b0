package io.upflux.server.job;

import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What monitoring sees of jobs. */
final class JobMeters {
    private static final Logger LOG = LoggerFactory.getLogger(JobMeters.class);
    private static final Duration BETWEEN_COUNTS = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private JobMeters() {}

    /** Shows them, and counts until disposed. */
    static Disposable bind(JobStore store, JobChanges changes, JobCounters counters, MeterRegistry registry) {
        Map<JobState, Long> counts = new ConcurrentHashMap<>();
        for (JobState state : JobState.values()) {
            Gauge.builder("upflux.jobs", counts, all -> all.getOrDefault(state, 0L))
                    .tag("state", state.toString())
                    .description("Jobs there are")
                    .register(registry);
            if (state.isEnded()) {
                FunctionTimer.builder(
                                "upflux.job",
                                counters,
                                all -> all.jobs(state),
                                all -> all.nanos(state),
                                TimeUnit.NANOSECONDS)
                        .tag("state", state.toString())
                        .description("Time that jobs were worked on until they ended")
                        .register(registry);
            }
        }
        return Flux.merge(Flux.interval(Duration.ZERO, LONGEST).map(String::valueOf), changes.all())
                .sample(BETWEEN_COUNTS)
                .onBackpressureLatest()
                .concatMap(
                        change -> store.counts()
                                .doOnNext(now -> replace(counts, now))
                                .onErrorResume(failure -> {
                                    LOG.warn("jobs cannot be counted: {}", String.valueOf(failure.getMessage()));
                                    return Mono.empty();
                                }),
                        1)
                .subscribe();
    }

    private static void replace(Map<JobState, Long> counts, Map<JobState, Long> now) {
        counts.keySet().retainAll(now.keySet());
        counts.putAll(now);
    }
}
