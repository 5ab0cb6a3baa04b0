package io.upflux.server.bench;

import java.util.Arrays;

/** Frames a second of a chain once it is warm. One thread counts. */
final class Lap {
    private final int warming;
    private final Runnable begins;
    private long[] times = new long[64];
    private int frames;

    /**
     * @param warming frames that do not count, one at least
     * @param begins called when the last of them is there
     */
    Lap(int warming, Runnable begins) {
        this.warming = warming;
        this.begins = begins;
    }

    /** Another frame is there. @param nanos when */
    void frame(long nanos) {
        if (frames == times.length) {
            times = Arrays.copyOf(times, 2 * frames);
        }
        times[frames++] = nanos;
        if (frames == warming) {
            begins.run();
        }
    }

    /** Of all frames that count. */
    double fps() {
        int last = frames - 1;
        int from = warming - 1;
        double period = (double) (times[last] - times[from]) / (last - from);
        // Frames that were computed together are there together: it begins between two that were not.
        while (from < last - 1 && times[from + 1] - times[from] < period / 2) {
            from++;
        }
        return (last - from) / ((times[last] - times[from]) / 1e9);
    }
}
