package io.upflux.server.bench;

import io.upflux.server.bench.Usage.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Times pieces of work by turns, so that what else the machine does meanwhile falls on all of them. */
final class Rounds {
    /** Seconds that a short piece is repeated for, by the clock of its thread and by that of the process, which ticks. */
    private static final double LEAST = 0.005;

    private static final double LEAST_TICKING = 0.2;
    private static final int MOST_REPEATS = 1000;

    private final boolean oneThread;
    private final List<Runnable> work = new ArrayList<>();
    private final List<Span[]> spans = new ArrayList<>();

    /**
     * @param oneThread whether all of the work is done by the thread that asks for it
     * @param work of which none needs another to be done before
     */
    Rounds(boolean oneThread, List<Runnable> work) {
        this.oneThread = oneThread;
        this.work.addAll(work);
    }

    /**
     * @param warming rounds that do not count
     * @return this
     */
    Rounds run(int warming, int rounds) {
        int[] times = new int[work.size()];
        Arrays.fill(times, 1);
        for (int round = -warming; round < rounds; round++) {
            Span[] took = new Span[work.size()];
            for (int i = 0; i < took.length; i++) {
                took[i] = took(work.get(i), times[i]);
                if (round < 0) {
                    double least = oneThread ? LEAST : LEAST_TICKING;
                    times[i] = (int) Math.max(1, Math.min(MOST_REPEATS, Math.ceil(least / took[i].seconds())));
                }
            }
            if (round >= 0) {
                spans.add(took);
            }
        }
        return this;
    }

    private Span took(Runnable piece, int repeats) {
        double before = Usage.threadSeconds();
        Span span = Usage.of(() -> {
            for (int n = 0; n < repeats; n++) {
                piece.run();
            }
        });
        double cpuSeconds = oneThread ? Usage.threadSeconds() - before : span.cpuSeconds();
        return new Span(span.seconds() / repeats, cpuSeconds / repeats);
    }

    /** The median over all rounds. */
    double median(ToDoubleFunction<Span[]> of) {
        double[] values = spans.stream().mapToDouble(of).sorted().toArray();
        return values[values.length / 2];
    }
}
