package io.upflux.pipeline;

import io.upflux.pipeline.Work.Filled;
import io.upflux.pipeline.Work.Ready;

/** Divides the time of strokes of work among the frames in them, as they were supposed to cost. Thread-safe. */
final class InferenceClock {
    private int running;
    private long counted;

    /** A stroke begins. @param now in nanoseconds */
    synchronized void begin(long now) {
        if (running++ == 0) {
            counted = now;
        }
    }

    /**
     * A stroke was computed.
     *
     * @param now in nanoseconds; of several at once each has the time since the one before ended
     */
    synchronized void end(Ready work, long now) {
        double seconds = Math.max(0, now - counted) / 1e9;
        counted = Math.max(counted, now);
        running--;
        double all = 0;
        for (Filled part : work.parts()) {
            for (int i = 0; i < part.tasks().size(); i++) {
                all += part.tasks().get(i).job().tileCost();
            }
        }
        for (Filled part : work.parts()) {
            int tiles = part.tasks().size();
            double places = (double) part.batch().shape().batch() / tiles;
            for (int i = 0; i < tiles; i++) {
                FrameJob job = part.tasks().get(i).job();
                job.tileComputed(seconds * job.tileCost() / all, places);
            }
        }
    }
}
