package io.upflux.server.live;

import io.upflux.reuse.WindowShares;

/**
 * What the latest frames were like on average; the weight of a frame halves with every eleven that follow it.
 *
 * @param unchanged share of windows as in {@link WindowShares}, like the next three
 * @param latencyNanos from being due to being upscaled
 */
public record RecentFrames(double unchanged, double updated, double computed, double added, double latencyNanos) {
    static final RecentFrames NONE = new RecentFrames(0, 0, 0, 0, 0);

    private static final double WEIGHT = 1.0 / 16;

    RecentFrames with(WindowShares shares, long latency) {
        double all = Math.max(1, shares.windows());
        RecentFrames frame = new RecentFrames(
                shares.unchanged() / all,
                shares.updated() / all,
                shares.computed() / all,
                shares.added() / all,
                latency);
        return this == NONE ? frame : mixed(frame);
    }

    private RecentFrames mixed(RecentFrames frame) {
        return new RecentFrames(
                mixed(unchanged, frame.unchanged),
                mixed(updated, frame.updated),
                mixed(computed, frame.computed),
                mixed(added, frame.added),
                mixed(latencyNanos, frame.latencyNanos));
    }

    private static double mixed(double before, double now) {
        return before + WEIGHT * (now - before);
    }
}
