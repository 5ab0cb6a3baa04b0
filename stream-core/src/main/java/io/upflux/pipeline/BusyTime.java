package io.upflux.pipeline;

/**
 * How long something is busy that may do several things at once: what overlaps counts once, for what ends first. Not
 * thread-safe.
 */
public final class BusyTime {
    private int running;
    private long counted;

    /** One thing begins. @param now in nanoseconds */
    public void begin(long now) {
        if (running++ == 0) {
            counted = now;
        }
    }

    /**
     * One thing that has begun ends.
     *
     * @param now in nanoseconds
     * @return nanoseconds of being busy that were not counted yet
     */
    public long end(long now) {
        long busy = Math.max(0, now - counted);
        counted += busy;
        running--;
        return busy;
    }
}
