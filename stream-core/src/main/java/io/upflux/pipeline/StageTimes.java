package io.upflux.pipeline;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Busy time of each stage of one pipeline, without the time it waits for its neighbours. Thread-safe. */
public final class StageTimes {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Map<Stage, AtomicLong> nanos = new EnumMap<>(Stage.class);
    private final Map<Stage, AtomicLong> cpuNanos = new EnumMap<>(Stage.class);
    private final Map<Stage, BusyTime> busy = new EnumMap<>(Stage.class);
    private volatile StageWatcher watcher = (stage, took) -> {};

    /** A moment in the life of the thread that asked for it. */
    record Moment(long nanos, long cpuNanos) {
        static Moment now() {
            return new Moment(System.nanoTime(), THREADS.getCurrentThreadCpuTime());
        }
    }

    StageTimes() {
        for (Stage stage : Stage.values()) {
            nanos.put(stage, new AtomicLong());
            cpuNanos.put(stage, new AtomicLong());
            busy.put(stage, new BusyTime());
        }
    }

    /** Nanoseconds of wall clock spent in {@code stage} so far. */
    public long nanos(Stage stage) {
        return of(stage, nanos).get();
    }

    /**
     * Nanoseconds of processor time that the threads of {@code stage} have used so far: all of it where what they call
     * has no threads of its own, as inference on one thread.
     */
    public long cpuNanos(Stage stage) {
        return of(stage, cpuNanos).get();
    }

    /** From now on {@code eyes} are told of each piece of work by itself. */
    public void watch(StageWatcher eyes) {
        watcher = eyes;
    }

    /** @param start on the same thread */
    void since(Stage stage, Moment start) {
        Moment end = Moment.now();
        of(stage, nanos).addAndGet(end.nanos - start.nanos);
        of(stage, cpuNanos).addAndGet(end.cpuNanos - start.cpuNanos);
        watcher.worked(stage, end.nanos - start.nanos);
    }

    /** Begins work that may run more than once at a time; wall clock that overlaps counts once. */
    synchronized Moment enter(Stage stage) {
        Moment start = Moment.now();
        of(stage, busy).begin(start.nanos);
        return start;
    }

    /** Ends what {@link #enter} began, on the same thread. */
    void leave(Stage stage, Moment start) {
        Moment end = Moment.now();
        synchronized (this) {
            of(stage, cpuNanos).addAndGet(end.cpuNanos - start.cpuNanos);
            of(stage, nanos).addAndGet(of(stage, busy).end(end.nanos));
        }
        watcher.worked(stage, end.nanos - start.nanos);
    }

    private static <T> T of(Stage stage, Map<Stage, T> all) {
        T one = all.get(stage);
        if (one == null) {
            throw new IllegalArgumentException("no such stage: " + stage);
        }
        return one;
    }
}
