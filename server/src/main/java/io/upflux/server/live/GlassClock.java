package io.upflux.server.live;

import io.upflux.codecs.Fragment;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import io.upflux.governor.Ticker;
import io.upflux.live.Arrivals;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * Measures one session's way through the server: from a frame's arrival, which its source's reader tells, to its fragment
 * being there. Thread-safe.
 */
final class GlassClock implements Arrivals {
    /** More than is ever on its way; the rest was lost where nobody tells. */
    private static final int MOST = 4096;

    /** A longer pause between two pictures is a step of the source's clock, which the output's does not take. */
    private static final long STEP_MICROS = TimeUnit.SECONDS.toMicros(10);

    private final Arrivals next;
    private final Rational timeBase;
    private final Ticker ticker;
    private final LongConsumer latencies;
    private final Deque<Arrival> arrived = new ArrayDeque<>();
    private final Deque<Arrival> written = new ArrayDeque<>();
    private long lastPts = VideoFrame.NO_PTS;
    private long place;
    private long start = -1;

    /**
     * @param place in the source's ticks when it has arrived, and in microseconds of the session when it was written
     * @param nanos when it came
     */
    private record Arrival(long place, long nanos) {}

    /**
     * @param next is told of arrivals, too
     * @param timeBase of the source
     * @param latencies told of each frame, in nanoseconds
     */
    GlassClock(Arrivals next, Rational timeBase, Ticker ticker, LongConsumer latencies) {
        this.next = next;
        this.timeBase = timeBase;
        this.ticker = ticker;
        this.latencies = latencies;
    }

    @Override
    public void arrived(VideoFrame frame, long due) {
        synchronized (this) {
            add(arrived, new Arrival(frame.pts(), ticker.read()));
        }
        next.arrived(frame, due);
    }

    @Override
    public void lost(VideoFrame frame) {
        next.lost(frame);
    }

    /** A frame went to the encoder. */
    synchronized void written(long pts) {
        long step = lastPts == VideoFrame.NO_PTS ? 0 : micros(pts - lastPts);
        place += step > STEP_MICROS ? 1 : step;
        lastPts = pts;
        // Frames come in order, so those before it were given up.
        for (Arrival first = arrived.peek(); first != null && first.place() <= pts; first = arrived.peek()) {
            arrived.remove();
            if (first.place() == pts) {
                add(written, new Arrival(place, first.nanos()));
            }
        }
    }

    /** A fragment is there. */
    synchronized void shown(Fragment fragment) {
        if (start < 0) {
            start = fragment.startMicros();
        }
        long end = fragment.startMicros() + fragment.durationMicros() - start;
        for (Arrival first = written.peek(); first != null && first.place() < end; first = written.peek()) {
            latencies.accept(ticker.read() - written.remove().nanos());
        }
    }

    private long micros(long ticks) {
        return Math.round(timeBase.seconds(ticks) * TimeUnit.SECONDS.toMicros(1));
    }

    private static void add(Deque<Arrival> arrivals, Arrival arrival) {
        if (arrivals.size() == MOST) {
            arrivals.remove();
        }
        arrivals.add(arrival);
    }
}
