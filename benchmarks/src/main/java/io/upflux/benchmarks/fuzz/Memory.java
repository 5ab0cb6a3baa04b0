package io.upflux.benchmarks.fuzz;

import java.util.ArrayList;
import java.util.List;

/** The resident memory of a worker after each of its inputs. */
final class Memory {
    /** By how much that of a worker that is warm may grow. */
    private static final double MOST_GROWTH = 0.05;

    /** Inputs after which a worker counts as warm; what counts is the median of as many, since each leaves another. */
    private static final int WARM = 500;

    private final List<Long> bytes = new ArrayList<>();

    void add(long resident) {
        bytes.add(resident);
    }

    /** Whether there were inputs enough to tell of growth. */
    boolean isKnown() {
        return bytes.size() >= 3 * WARM;
    }

    boolean hasGrown() {
        return isKnown() && last() > (1 + MOST_GROWTH) * warm();
    }

    private long warm() {
        return median(bytes.subList(WARM, 2 * WARM));
    }

    private long last() {
        return median(bytes.subList(bytes.size() - WARM, bytes.size()));
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }

    /** For the last line; empty where not {@link #isKnown}. */
    @Override
    public String toString() {
        return isKnown()
                ? String.format(", memory %d to %d MiB%s", warm() >> 20, last() >> 20, hasGrown() ? " (grown)" : "")
                : "";
    }
}
