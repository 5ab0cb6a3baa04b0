package io.upflux.pipeline;

import io.upflux.pipeline.Work.Filled;
import io.upflux.pipeline.Work.Ready;

/** Divides the time of strokes of work among the frames in them, as they were supposed to cost. Thread-safe. */
final class InferenceClock {
    private final BusyTime busy = new BusyTime();

    /** A stroke begins. @param now in nanoseconds */
    synchronized void begin(long now) {
        busy.begin(now);
    }

    /** A stroke was computed. @param now in nanoseconds */
    synchronized void end(Ready work, long now) {
        double seconds = busy.end(now) / 1e9;
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
