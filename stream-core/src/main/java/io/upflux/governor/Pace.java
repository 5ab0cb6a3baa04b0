package io.upflux.governor;

import java.util.Arrays;

/** How fast frames come, and how long before their deadlines. */
final class Pace {
    private static final int KEPT = 15;
    /** Longer steps are gaps in the stream rather than its rate. */
    private static final long LONGEST = 5_000_000_000L;
    /** Frames in which the usual slack follows by one interval at most. */
    private static final double MEMORY = 32;

    private final long[] steps = new long[KEPT];
    private long count;
    private boolean begun;
    private long last;
    private double slack;

    /** A frame came. */
    void frame(long deadline, long arrived) {
        long slackNow = deadline - arrived;
        if (!begun) {
            slack = slackNow;
        } else {
            long step = deadline - last;
            if (step > 0 && step <= LONGEST) {
                steps[(int) (count++ % KEPT)] = step;
            }
            double most = interval();
            slack += Math.max(-most, Math.min(most, slackNow - slack)) / MEMORY;
        }
        begun = true;
        last = deadline;
    }

    /** Whether such a frame comes about as long before its deadline as others do. */
    boolean isInTime(long deadline, long arrived) {
        return !begun || deadline - arrived >= slack - interval();
    }

    /** Usual time from the arrival of a frame to its deadline. */
    double usualSlack() {
        return slack;
    }

    /** Time between frames, the median of the last few: what gaps and jumps do not disturb. 0 when unknown. */
    double interval() {
        if (count == 0) {
            return 0;
        }
        long[] kept = Arrays.copyOf(steps, (int) Math.min(count, KEPT));
        Arrays.sort(kept);
        return kept[kept.length / 2];
    }
}
