package io.upflux.codecs.input;

import io.upflux.codecs.ffmpeg.Av;

/** Gives every frame a time: its own where it has a usable one, otherwise the least that keeps time increasing. */
final class Timeline {
    private final long frameTicks;
    private final long origin;
    private long last = Long.MIN_VALUE;
    private long lastDuration;
    private int repaired;

    /**
     * @param frameTicks nominal duration of a frame, for those that state none
     * @param origin time of the first frame where it states none
     */
    Timeline(long frameTicks, long origin) {
        this.frameTicks = frameTicks;
        this.origin = origin;
        this.lastDuration = frameTicks;
    }

    /** The time of the next frame, from what its decoder says, {@link Av#NO_PTS} included. */
    long place(long stated, long duration) {
        long time = stated;
        if (time == Av.NO_PTS) {
            // Elementary streams have no times at all; counting frames is no repair.
            time = last == Long.MIN_VALUE ? origin : last + lastDuration;
        } else if (last != Long.MIN_VALUE && time <= last) {
            time = last + 1;
            repaired++;
        }
        last = time;
        lastDuration = duration > 0 ? duration : frameTicks;
        return time;
    }

    /** Forgets all frames so far: the next one may lie before them. */
    void restart() {
        last = Long.MIN_VALUE;
        lastDuration = frameTicks;
        repaired = 0;
    }

    /** Frames whose stated time was not usable. */
    int repaired() {
        return repaired;
    }
}
