package io.upflux.live;

import io.upflux.frame.VideoFrame;
import io.upflux.governor.Decision;
import io.upflux.governor.FrameTimes;
import io.upflux.governor.Governor;
import io.upflux.governor.GovernorStatus;
import io.upflux.governor.Ticker;
import io.upflux.pipeline.BusyTime;
import io.upflux.pipeline.FrameGovernor;
import io.upflux.pipeline.SuperResolver;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a live stream in time: a {@link Governor} between {@link LiveFrames}, which tell it when frames came and are due,
 * and a pipeline, which asks it how to make them and tells it what they took. For one run of a pipeline. Thread-safe.
 */
public final class LiveGovernor implements FrameGovernor, Arrivals {
    /** Frames that a pipeline takes before inference is free for them: one being gathered, one handed on. */
    private static final int AHEAD = 2;

    private final List<Step> ladder;
    private final Governor governor;
    private final Ticker ticker;
    private final long latency;
    private final Map<VideoFrame, Arrival> arrivals = new IdentityHashMap<>();
    private final Deque<Pending> pending = new ArrayDeque<>();
    private final BusyTime inference = new BusyTime();

    private record Arrival(long due, long time) {}

    /** A frame on its way through the pipeline. */
    private static final class Pending {
        private final VideoFrame frame;
        private final Decision decision;
        private long cost;
        private long inferred;

        Pending(VideoFrame frame, Decision decision) {
            this.frame = frame;
            this.decision = decision;
        }
    }

    /**
     * @param ladder best step first; only the last may drop
     * @param latency between when a frame is due and when it must have been written
     */
    public LiveGovernor(List<Step> ladder, Duration latency, Ticker ticker) {
        this.ladder = List.copyOf(ladder);
        this.latency = latency.toNanos();
        this.ticker = ticker;
        this.governor = new Governor(ladder.stream().map(Step::rung).toList(), LiveFrames.WAITING + AHEAD, ticker);
    }

    /** Where it stands, and what it has done. */
    public GovernorStatus status() {
        return governor.status();
    }

    @Override
    public List<SuperResolver> resolvers() {
        List<SuperResolver> resolvers = new ArrayList<>();
        for (Step step : ladder) {
            SuperResolver resolver = step.resolver();
            if (resolver != null && resolvers.stream().noneMatch(known -> known == resolver)) {
                resolvers.add(resolver);
            }
        }
        return resolvers;
    }

    @Override
    public synchronized void arrived(VideoFrame frame, long due) {
        arrivals.put(frame, new Arrival(due, ticker.read()));
    }

    @Override
    public synchronized void lost(VideoFrame frame) {
        Arrival arrival = arrivals.remove(frame);
        if (arrival != null) {
            governor.skipped(arrival.due() + latency, arrival.time());
        }
    }

    @Override
    public synchronized @Nullable Turn next(VideoFrame frame) {
        Arrival arrival = arrivals.remove(frame);
        if (arrival == null) {
            throw new IllegalArgumentException("the frame at " + frame.pts() + " has not arrived");
        }
        Decision decision = governor.next(arrival.due() + latency, arrival.time());
        SuperResolver resolver = ladder.get(decision.index()).resolver();
        if (resolver == null) {
            return null;
        }
        pending.add(new Pending(frame, decision));
        return new Turn(resolver, decision.rung().toleranceScale(), arrival.due() + latency);
    }

    @Override
    public synchronized void inferring(VideoFrame frame) {
        inference.begin(ticker.read());
    }

    @Override
    public synchronized void inferred(VideoFrame frame) {
        Pending job = of(frame);
        job.inferred = ticker.read();
        job.cost += inference.end(job.inferred);
    }

    @Override
    public synchronized void written() {
        Pending job = pending.remove();
        governor.finished(job.decision, new FrameTimes(job.cost, ticker.read() - job.inferred));
    }

    private Pending of(VideoFrame frame) {
        for (Pending job : pending) {
            if (job.frame == frame) {
                return job;
            }
        }
        throw new IllegalArgumentException("the frame at " + frame.pts() + " was not let pass");
    }
}
