package io.upflux.live;

import io.upflux.governor.Ticker;
import io.upflux.pipeline.StreamException;
import java.util.Arrays;
import java.util.PriorityQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * A clock on which the threads of a pipeline sleep. It goes on when none of them has anything else to do, so that work takes
 * as long as it is said to take, whatever else the machine does.
 */
final class VirtualTime implements Ticker, AutoCloseable {
    /** Real time for which the pipeline must have been idle. */
    private static final long IDLE_NANOS = 300_000;

    private final PriorityQueue<Long> sleepers = new PriorityQueue<>();
    private final Thread driver = new Thread(this::drive, "virtual-time");
    private long now;
    private long calls;
    private volatile boolean closed;

    VirtualTime() {
        driver.setDaemon(true);
        driver.start();
    }

    @Override
    public synchronized long read() {
        calls++;
        return now;
    }

    void sleep(long nanos) {
        sleepUntil(read() + nanos);
    }

    synchronized void sleepUntil(long time) {
        calls++;
        if (time <= now) {
            return;
        }
        sleepers.add(time);
        try {
            while (now < time && !closed) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StreamException("interrupted", e);
        }
        calls++;
    }

    private void drive() {
        while (!closed) {
            long seen = calls();
            LockSupport.parkNanos(IDLE_NANOS);
            if (areIdle()) {
                advance(seen);
            }
        }
    }

    private synchronized long calls() {
        return calls;
    }

    private synchronized void advance(long seen) {
        Long next = seen == calls ? sleepers.poll() : null;
        if (next != null) {
            now = Math.max(now, next);
            notifyAll();
        }
    }

    private static boolean areIdle() {
        Thread[] threads = new Thread[Thread.activeCount() + 16];
        int count = Thread.enumerate(threads);
        return Arrays.stream(threads, 0, count)
                .filter(thread -> thread.getName().startsWith("upflux-"))
                .map(Thread::getState)
                .noneMatch(state -> state == Thread.State.RUNNABLE || state == Thread.State.BLOCKED);
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
