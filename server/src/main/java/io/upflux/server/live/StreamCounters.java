package io.upflux.server.live;

import io.upflux.live.LiveFrames;
import io.upflux.pipeline.Stage;
import io.upflux.pipeline.StageTimes;
import io.upflux.reuse.ReuseMap;
import io.upflux.reuse.WindowShares;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What a stream has done since the server started, over all its sessions. Any thread may ask. */
public final class StreamCounters {
    private final LongAdder written = new LongAdder();
    private final LongAdder fragments = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder sessions = new LongAdder();
    private final LongAdder skipped = new LongAdder();
    private final long[] nanos = new long[Stage.values().length];
    private WindowShares windows = WindowShares.NONE;
    private long received;
    private long dropped;
    private @Nullable LiveFrames frames;
    private @Nullable StageTimes times;

    /** Frames decoded. */
    public synchronized long in() {
        return received + (frames == null ? 0 : frames.received());
    }

    /** Frames given up because newer ones were there. */
    public synchronized long dropped() {
        return dropped + (frames == null ? 0 : frames.dropped());
    }

    /** Frames upscaled and encoded. */
    public long out() {
        return written.sum();
    }

    /** What was reused. */
    public synchronized WindowShares windows() {
        return windows;
    }

    /** Fragments made. */
    public long fragments() {
        return fragments.sum();
    }

    /** Their bytes, over all containers. */
    public long bytes() {
        return bytes.sum();
    }

    /** Times the source was opened. */
    public long sessions() {
        return sessions.sum();
    }

    /** Fragments that slow viewers did not get. */
    public long skipped() {
        return skipped.sum();
    }

    /** Time a stage was busy. */
    public synchronized double seconds(Stage stage) {
        return (nanos[stage.ordinal()] + (times == null ? 0 : times.nanos(stage))) / 1e9;
    }

    /** A viewer left who was too slow for some fragments. */
    public void skippedBy(Viewer viewer) {
        skipped.add(viewer.skipped());
    }

    void fragment(int size) {
        fragments.increment();
        bytes.add(size);
    }

    synchronized void windows(ReuseMap map) {
        windows = windows.plus(map.shares());
    }

    void frame() {
        written.increment();
    }

    synchronized void begin(LiveFrames live, StageTimes stages) {
        sessions.increment();
        frames = live;
        times = stages;
    }

    synchronized void end() {
        received = in();
        dropped = dropped();
        for (Stage stage : Stage.values()) {
            nanos[stage.ordinal()] += times == null ? 0 : times.nanos(stage);
        }
        frames = null;
        times = null;
    }
}
