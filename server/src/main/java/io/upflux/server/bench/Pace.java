package io.upflux.server.bench;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** When the frames of a stream are due, and how long after that each was written. One thread waits, one other writes. */
final class Pace {
    private final long period;
    private final double[] late;
    private volatile long start;
    private int written;

    /** @param frames of the whole stream */
    Pace(double fps, int frames) {
        this.period = (long) (TimeUnit.SECONDS.toNanos(1) / fps);
        this.late = new double[frames];
    }

    int frames() {
        return late.length;
    }

    /** Returns when a frame, counted from 0, is due; the first one is at once. */
    void await(int frame) {
        if (frame == 0) {
            start = System.nanoTime();
        }
        for (long left = due(frame) - System.nanoTime(); left > 0; left = due(frame) - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** The next frame is there. */
    void written() {
        late[written] = (System.nanoTime() - due(written)) / 1e9;
        written++;
    }

    /** Seconds from when frames were due to when they were there, of all but the first ones. */
    double[] latencies(int first) {
        return Arrays.copyOfRange(late, Math.min(first, written), written);
    }

    private long due(int frame) {
        return start + frame * period;
    }
}
