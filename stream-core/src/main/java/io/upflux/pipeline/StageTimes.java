package io.upflux.pipeline;

import java.util.concurrent.atomic.AtomicLongArray;

/** Busy wall-clock time of each stage of one pipeline, without the time it waits for its neighbours. Thread-safe. */
public final class StageTimes {
    private final AtomicLongArray nanos = new AtomicLongArray(Stage.values().length);

    /** Nanoseconds spent in {@code stage} so far. */
    public long nanos(Stage stage) {
        return nanos.get(stage.ordinal());
    }

    void since(Stage stage, long startNanos) {
        nanos.addAndGet(stage.ordinal(), System.nanoTime() - startNanos);
    }
}
