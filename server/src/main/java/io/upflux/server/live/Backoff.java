package io.upflux.server.live;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Ever longer pauses between attempts, from a quarter of a second to half a minute, and from the shortest again after one that
 * worked for ten seconds: what fails soon after it has begun would else be begun again four times a second. Thread-safe.
 */
final class Backoff {
    /** The pause after what has worked, and after the first failure. */
    static final Duration FIRST = Duration.ofMillis(250);

    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final Duration LASTING = Duration.ofSeconds(10);

    private final LongSupplier nanoTime;
    private Duration next = FIRST;
    private @Nullable Long workingSince;

    /** @param nanoTime as of {@link System#nanoTime} */
    Backoff(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** The attempt works, unless it was said to already. */
    synchronized void working() {
        if (workingSince == null) {
            workingSince = nanoTime.getAsLong();
        }
    }

    /** The attempt has failed. @return the pause before the next one */
    synchronized Duration pause() {
        Long since = workingSince;
        workingSince = null;
        if (since != null && nanoTime.getAsLong() - since >= LASTING.toNanos()) {
            next = FIRST;
        }
        Duration pause = next;
        Duration doubled = next.multipliedBy(2);
        next = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
        return pause;
    }
}
