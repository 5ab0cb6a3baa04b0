package io.upflux.pipeline;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Busy wall-clock time of each stage of one pipeline, without the time it waits for its neighbours. Thread-safe. */
public final class StageTimes {
    private final Map<Stage, AtomicLong> nanos = new EnumMap<>(Stage.class);
    private final Map<Stage, Integer> running = new EnumMap<>(Stage.class);
    private final Map<Stage, Long> started = new EnumMap<>(Stage.class);

    StageTimes() {
        for (Stage stage : Stage.values()) {
            nanos.put(stage, new AtomicLong());
        }
    }

    /** Nanoseconds spent in {@code stage} so far. */
    public long nanos(Stage stage) {
        return counter(stage).get();
    }

    void since(Stage stage, long startNanos) {
        counter(stage).addAndGet(System.nanoTime() - startNanos);
    }

    /** Begins work that may run more than once at a time; what overlaps counts once. */
    synchronized void enter(Stage stage) {
        if (running.merge(stage, 1, Integer::sum) == 1) {
            started.put(stage, System.nanoTime());
        }
    }

    /** Ends what {@link #enter} began. */
    synchronized void leave(Stage stage) {
        if (running.merge(stage, -1, Integer::sum) == 0) {
            since(stage, started.getOrDefault(stage, System.nanoTime()));
        }
    }

    private AtomicLong counter(Stage stage) {
        AtomicLong counter = nanos.get(stage);
        if (counter == null) {
            throw new IllegalArgumentException("no such stage: " + stage);
        }
        return counter;
    }
}
