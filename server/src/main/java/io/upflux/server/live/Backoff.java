package io.upflux.server.live;

import java.time.Duration;

/** Ever longer pauses between attempts, from a quarter of a second to half a minute. */
final class Backoff {
    private static final Duration FIRST = Duration.ofMillis(250);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private Duration next = FIRST;

    /** The pause before the next attempt. */
    Duration pause() {
        Duration pause = next;
        Duration doubled = next.multipliedBy(2);
        next = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
        return pause;
    }

    /** An attempt went well. */
    void reset() {
        next = FIRST;
    }
}
