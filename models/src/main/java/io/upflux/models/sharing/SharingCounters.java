package io.upflux.models.sharing;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** What sharing has come to. Any thread. */
final class SharingCounters {
    private final LongAdder calls = new LongAdder();
    private final LongAdder runs = new LongAdder();
    private final LongAdder waited = new LongAdder();

    /** Calls that have waited so long, in nanoseconds, are computed together. */
    void run(long... waits) {
        runs.increment();
        calls.add(waits.length);
        for (long wait : waits) {
            waited.add(wait);
        }
    }

    long calls() {
        return calls.sum();
    }

    long runs() {
        return runs.sum();
    }

    double waitedSeconds() {
        return (double) waited.sum() / TimeUnit.SECONDS.toNanos(1);
    }
}
