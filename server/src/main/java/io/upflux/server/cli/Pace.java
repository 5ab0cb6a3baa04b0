package io.upflux.server.cli;

import java.util.ArrayDeque;
import java.util.Deque;

/** How fast frames come, averaged over the last seconds, and how long the rest will take at that pace. */
final class Pace {
    private static final double WINDOW_SECONDS = 10;
    private static final double SAMPLE_SECONDS = 0.1;

    private record Sample(double seconds, long frames) {}

    private final Deque<Sample> samples = new ArrayDeque<>();

    /**
     * @param seconds since the start, never decreasing
     * @param frames finished until then
     */
    void add(double seconds, long frames) {
        Sample last = samples.peekLast();
        if (last != null && samples.size() > 1 && seconds - last.seconds() < SAMPLE_SECONDS) {
            return;
        }
        samples.addLast(new Sample(seconds, frames));
        while (samples.size() > 2 && seconds - samples.getFirst().seconds() > WINDOW_SECONDS) {
            samples.removeFirst();
        }
    }

    /** 0 while unknown. */
    double framesPerSecond() {
        if (samples.size() < 2) {
            return 0;
        }
        Sample first = samples.getFirst();
        Sample last = samples.getLast();
        double seconds = last.seconds() - first.seconds();
        return seconds <= 0 ? 0 : (last.frames() - first.frames()) / seconds;
    }

    /** Seconds for {@code frames} more; negative while unknown. */
    double secondsFor(long frames) {
        double rate = framesPerSecond();
        return rate <= 0 ? -1 : Math.max(0, frames) / rate;
    }
}
