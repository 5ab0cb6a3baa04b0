package io.upflux.reuse;

import java.util.Arrays;

/**
 * How far adapted windows are from what computing them gives, measured on samples, and how much tolerance that leaves.
 * Above the bound the tolerance shrinks, well below it comes back.
 *
 * <p>Samples are known only when a picture is composed, and it depends on timing which one that is while another is
 * planned. So that equal streams get equal plans, a plan goes by the samples up to a fixed number of pictures before, and
 * waits for them if it must. Thread-safe.
 */
public final class Drift {
    /** Mean absolute error of adapted windows that is aimed at, at most, in codes at 8 bits. */
    static final double BOUND = 0.75;

    /** Pictures by which plans lag behind samples. */
    static final int LAG = 48;

    private static final double SHRINK = 0.9;
    private static final double GROW = 1.02;
    private static final double LEAST = 0.1;

    /** Share of the newest picture's samples in the running mean. */
    private static final double NEWEST = 0.1;

    private final double[] scales = new double[2 * LAG];
    /** Of the samples' errors, in codes at 8 bits. */
    private double mean;

    private double scale = 1;
    private double allowance = 1;
    private long composed;
    private boolean stopped;

    public Drift() {
        Arrays.fill(scales, 1);
    }

    /**
     * Told of each picture when it is composed, in order.
     *
     * @param sum of the errors of its samples, in codes at 8 bits
     * @param samples may be none
     */
    public synchronized void composed(double sum, int samples) {
        if (samples > 0) {
            mean += NEWEST * (sum / samples - mean);
            double bound = allowance * BOUND;
            scale = mean > bound
                    ? Math.max(LEAST, scale * SHRINK)
                    : mean < bound / 2 ? Math.min(1, scale * GROW) : scale;
        }
        scales[(int) (composed++ % scales.length)] = scale;
        notifyAll();
    }

    /** Lets windows be off by so many times the usual bound, from now on. */
    synchronized void allow(double times) {
        allowance = times;
    }

    /** Makes whoever waits go on. */
    public synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    /** Share of the whole tolerance that a picture may use. */
    synchronized double scale(long picture) {
        long known = picture - LAG;
        try {
            while (composed <= known && !stopped) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return known < 0 ? 1 : scales[(int) (known % scales.length)];
    }
}
