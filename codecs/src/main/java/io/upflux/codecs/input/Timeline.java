package io.upflux.codecs.input;

import io.upflux.codecs.ffmpeg.Av;
import org.bytedeco.ffmpeg.avutil.AVFrame;

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

    /** Gives a frame its time, from what its decoder says of it. */
    void place(AVFrame frame) {
        long time = frame.best_effort_timestamp();
        if (time == Av.NO_PTS) {
            // Elementary streams have no times at all; counting frames is no repair. Their packets' durations are
            // FFmpeg's guess and may turn into single ticks after the part that was probed.
            time = last == Long.MIN_VALUE ? origin : last + lastDuration;
            frame.duration(frameTicks);
        } else if (last != Long.MIN_VALUE && time <= last) {
            time = last + 1;
            repaired++;
        }
        last = time;
        lastDuration = frame.duration() > 0 ? frame.duration() : frameTicks;
        frame.pts(time);
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
