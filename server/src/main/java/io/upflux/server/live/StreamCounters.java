package io.upflux.server.live;

import io.upflux.codecs.Fragment;
import io.upflux.frame.Rational;
import io.upflux.governor.Ticker;
import io.upflux.live.Arrivals;
import io.upflux.live.LiveFrames;
import io.upflux.live.LiveGovernor;
import io.upflux.live.Step;
import io.upflux.pipeline.Stage;
import io.upflux.pipeline.StageTimes;
import io.upflux.reuse.InferenceCost;
import io.upflux.reuse.ReuseMap;
import io.upflux.reuse.WindowShares;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What a stream has done since the server started, over all its sessions. Any thread may ask. */
public final class StreamCounters {
    private final LongAdder written = new LongAdder();
    private final LongAdder fragments = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder sessions = new LongAdder();
    private final LongAdder skipped = new LongAdder();
    private final LongAdder spoilt = new LongAdder();
    private final Map<String, LongAdder> leftOut = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();
    private final Latencies latencies = new Latencies();
    private final long[] nanos = new long[Stage.values().length];
    private WindowShares windows = WindowShares.NONE;
    private InferenceCost inference = InferenceCost.NONE;
    private RecentFrames recent = RecentFrames.NONE;
    private long received;
    private long dropped;
    private @Nullable RungCounters rungs;
    private @Nullable GlassClock glass;
    private @Nullable LiveFrames frames;
    private @Nullable StageTimes times;

    /** Frames decoded. */
    public synchronized long in() {
        return received + (frames == null ? 0 : frames.received());
    }

    /** Frames given up because newer ones were there, or they would have come too late. */
    public synchronized long dropped() {
        return replaced() + (rungs == null ? 0 : rungs.dropped());
    }

    private long replaced() {
        return dropped + (frames == null ? 0 : frames.dropped());
    }

    /** Frames upscaled and encoded. */
    public long out() {
        return written.sum();
    }

    /** A picture came out spoilt. */
    void spoilt() {
        spoilt.increment();
    }

    /** Pictures that came out spoilt, and were computed again or resized. */
    public long spoiltFrames() {
        return spoilt.sum();
    }

    /** The encoder of a further rendition was too slow for a frame. */
    void leftOut(String rendition) {
        count(leftOut, rendition);
    }

    /** Frames that the encoder of a further rendition was too slow for. */
    long leftOutOf(String rendition) {
        return sum(leftOut, rendition);
    }

    /** A further rendition failed. */
    void failed(String rendition) {
        count(failures, rendition);
    }

    /** Times a further rendition failed, and was begun again. */
    long failuresOf(String rendition) {
        return sum(failures, rendition);
    }

    private static void count(Map<String, LongAdder> counts, String rendition) {
        counts.computeIfAbsent(rendition, name -> new LongAdder()).increment();
    }

    private static long sum(Map<String, LongAdder> counts, String rendition) {
        LongAdder count = counts.get(rendition);
        return count == null ? 0 : count.sum();
    }

    /** What its governors have done; empty before the first, and where there is none. */
    public synchronized Optional<RungCounters> rungs() {
        return Optional.ofNullable(rungs);
    }

    /** What was reused. */
    public synchronized WindowShares windows() {
        return windows;
    }

    /** What inference took. */
    public synchronized InferenceCost inference() {
        return inference;
    }

    /** What the latest frames were like. */
    public synchronized RecentFrames recent() {
        return recent;
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

    /** How long its work takes. */
    Latencies latencies() {
        return latencies;
    }

    /** A viewer left who was too slow for some fragments. */
    public void skippedBy(Viewer viewer) {
        skipped.add(viewer.skipped());
    }

    /** One of any output is made. */
    void made(Fragment fragment) {
        fragments.increment();
        bytes.add(fragment.bytes());
    }

    /** One of the stream's own output is there. */
    void shown(Fragment fragment) {
        GlassClock clock;
        synchronized (this) {
            clock = glass;
        }
        if (clock != null) {
            clock.shown(fragment);
        }
    }

    /** Measures the frames of a session that begins, of a source with this time base. */
    synchronized GlassClock glass(Arrivals next, Rational timeBase) {
        GlassClock clock = new GlassClock(next, timeBase, Ticker.system(), latencies::shown);
        glass = clock;
        return clock;
    }

    /** A frame is upscaled. @param latency in nanoseconds since it was due */
    synchronized void upscaled(ReuseMap map, long latency) {
        WindowShares shares = map.shares();
        inference = inference.plus(map.inference());
        windows = windows.plus(shares);
        recent = recent.with(shares, latency);
    }

    void frame() {
        written.increment();
    }

    /** @param ladder how the session's frames may be made, which {@code governor}, if any, chooses */
    synchronized void begin(LiveFrames live, StageTimes stages, List<Step> ladder, @Nullable LiveGovernor governor) {
        if (governor != null) {
            RungCounters all = rungs == null ? new RungCounters() : rungs;
            all.begin(ladder, governor);
            rungs = all;
        }
        sessions.increment();
        frames = live;
        times = stages;
        stages.watch(latencies::worked);
    }

    synchronized void end() {
        received = in();
        dropped = replaced();
        for (Stage stage : Stage.values()) {
            nanos[stage.ordinal()] += times == null ? 0 : times.nanos(stage);
        }
        if (rungs != null) {
            rungs.end();
        }
        frames = null;
        times = null;
    }
}
