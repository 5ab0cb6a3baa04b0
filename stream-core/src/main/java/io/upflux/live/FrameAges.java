package io.upflux.live;

import io.upflux.frame.VideoFrame;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Knows how long ago the time of each frame had come that is on its way. Thread-safe. */
public final class FrameAges implements Arrivals {
    /** More than a pipeline holds; those that were shown need not be. */
    private static final int KEPT = 64;

    private final Arrivals next;
    private final LongSupplier nanoTime;
    private final Map<Long, Long> dues = new LinkedHashMap<>();

    /** @param next told of the frames, too */
    public FrameAges(Arrivals next) {
        this(next, System::nanoTime);
    }

    FrameAges(Arrivals next, LongSupplier nanoTime) {
        this.next = next;
        this.nanoTime = nanoTime;
    }

    @Override
    public void arrived(VideoFrame frame, long due) {
        note(frame.pts(), due);
        next.arrived(frame, due);
    }

    @Override
    public void lost(VideoFrame frame) {
        forget(frame.pts());
        next.lost(frame);
    }

    /** Nanoseconds since the last frame of this time stamp was due; 0 when it is not among the latest. */
    public synchronized long age(long pts) {
        Long due = dues.get(pts);
        return due == null ? 0 : Math.max(0, nanoTime.getAsLong() - due);
    }

    private synchronized void note(long pts, long due) {
        dues.remove(pts);
        dues.put(pts, due);
        if (dues.size() > KEPT) {
            dues.remove(dues.keySet().iterator().next());
        }
    }

    private synchronized void forget(long pts) {
        dues.remove(pts);
    }
}
