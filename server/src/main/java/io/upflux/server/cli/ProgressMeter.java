package io.upflux.server.cli;

import java.util.function.LongSupplier;

/** Turns one call a frame into a reading now and then, with the pace of the last seconds. Thread-safe. */
final class ProgressMeter {
    /**
     * @param frames finished
     * @param total expected, 0 when unknown
     * @param fps over the last seconds, 0 while unknown
     * @param secondsLeft negative while unknown
     */
    record Reading(long frames, long total, double fps, double secondsLeft) {
        /** Between 0 and 1; negative when the total is unknown. */
        double share() {
            return total == 0 ? -1 : (double) frames / total;
        }
    }

    /** Shows readings somewhere. */
    interface Display {
        void show(Reading reading);

        /** Leaves the place as it was found. */
        default void end() {}

        /** Shows nothing. */
        static Display none() {
            return reading -> {};
        }
    }

    private final Display display;
    private final double interval;
    private final LongSupplier nanoTime;
    private final long start;
    private Pace pace = new Pace();
    private double shown;
    private long frames;
    private long total;

    /**
     * @param interval least seconds between two readings
     * @param nanoTime a clock as {@link System#nanoTime()}
     */
    ProgressMeter(Display display, double interval, LongSupplier nanoTime) {
        this.display = display;
        this.interval = interval;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
        pace.add(0, 0);
    }

    /** Frames that were there before: they say nothing of the pace. */
    synchronized void resume(long already) {
        frames = already;
        pace = new Pace();
        pace.add(seconds(), already);
    }

    /** @param estimated as the source says, 0 when unknown; too small an estimate grows with the frames */
    synchronized void frame(long finished, long estimated) {
        frames = Math.max(frames, finished);
        total = estimated == 0 ? 0 : Math.max(estimated, frames);
        double now = seconds();
        pace.add(now, frames);
        if (now - shown >= interval) {
            shown = now;
            display.show(reading());
        }
    }

    /** Work goes on that finishes no frame: the last reading is shown again when it is time. */
    synchronized void working() {
        frame(frames, total);
    }

    /** All frames are written: one last reading, whatever was estimated before. */
    synchronized void complete() {
        total = frames;
        display.show(reading());
    }

    /** There will be no more frames, whether all are written or not. */
    void end() {
        display.end();
    }

    synchronized long frames() {
        return frames;
    }

    /** Since this meter was made. */
    double seconds() {
        return (nanoTime.getAsLong() - start) / 1e9;
    }

    private Reading reading() {
        double left = total == 0 ? -1 : pace.secondsFor(total - frames);
        return new Reading(frames, total, pace.framesPerSecond(), left);
    }
}
