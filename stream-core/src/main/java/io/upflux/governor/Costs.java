package io.upflux.governor;

import java.util.List;

/**
 * What a frame costs at each rung. At the rung in use it is measured. Load is taken to weigh on all rungs alike, so that
 * the others follow from it by the ratios between neighbours: measured where a move has shown both sides, as the ladder
 * states them otherwise. What is known of a better rung fades, so that it is tried again one day.
 */
final class Costs {
    /** Measurements on the new rung before its ratio to the old one is believed. */
    private static final int COMPARED = 4;
    /** Longest time between the two sides of a comparison. */
    private static final long COMPARABLE = 3_000_000_000L;

    private static final double LEAST_RATIO = 1;
    private static final double LARGEST_RATIO = 1000;

    /** How many times the rung below each rung fits into it. */
    private final double[] ratios;
    /** When each rung was last left. */
    private final long[] left;

    private final RecentTimes recent = new RecentTimes();
    private int rung;
    private int before;
    private double costBefore;
    private long moved;

    Costs(List<Rung> computing, int start) {
        ratios = new double[computing.size()];
        left = new long[computing.size()];
        for (int r = 0; r + 1 < ratios.length; r++) {
            ratios[r] = Math.max(
                    LEAST_RATIO,
                    computing.get(r).relativeCost() / computing.get(r + 1).relativeCost());
        }
        rung = start;
        before = start;
    }

    /** The rung in use changes to a neighbour. */
    void moveTo(int to, long now) {
        costBefore = recent.isMeasured() ? recent.estimate() : 0;
        double seed = at(to);
        left[rung] = now;
        before = rung;
        rung = to;
        moved = now;
        recent.restart(seed);
    }

    /** A frame at the rung in use cost this. */
    void measured(double cost, long now) {
        recent.add(cost);
        if (recent.count() == COMPARED && before != rung && costBefore > 0 && now - moved <= COMPARABLE) {
            int upper = Math.min(before, rung);
            double here = recent.estimate();
            double ratio = before < rung ? costBefore / here : here / costBefore;
            // The load may have changed between the two sides, so one comparison is not the whole truth.
            ratios[upper] = Math.sqrt(ratios[upper] * Math.max(LEAST_RATIO, Math.min(LARGEST_RATIO, ratio)));
        }
    }

    /** Whether enough was measured at the rung in use. */
    boolean isMeasured() {
        return recent.isMeasured();
    }

    /** Cost of the next frame at the rung in use; 0 when unknown. */
    double here() {
        return recent.estimate();
    }

    /** How far costs at the rung in use scatter, as a part of {@link #here}. */
    double scatter() {
        double here = here();
        return here == 0 ? 0 : recent.deviation() / here;
    }

    /** Cost of the next frame at any rung; 0 when unknown. */
    double at(int wanted) {
        double cost = here();
        for (int r = rung; r < wanted; r++) {
            cost /= ratios[r];
        }
        for (int r = wanted; r < rung; r++) {
            cost *= ratios[r];
        }
        return cost;
    }

    /** Cost at the next better rung, believed less the longer ago it was seen: half after {@code halfLife}. */
    double above(long now, double halfLife) {
        double belief = Math.pow(0.5, (now - left[rung - 1]) / halfLife);
        return here() * (1 + (ratios[rung - 1] - 1) * belief);
    }
}
