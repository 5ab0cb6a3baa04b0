package io.upflux.server.live;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Who sends a stream: one at a time. Thread-safe. */
final class Publications {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private @Nullable Publication current;
    private boolean taken;
    private boolean over;

    /** A new sender; empty when there is one. */
    synchronized Optional<Publication> begin() {
        if (current != null || over) {
            return Optional.empty();
        }
        Publication publication = new Publication(PATIENCE);
        current = publication;
        taken = false;
        notifyAll();
        return Optional.of(publication);
    }

    /**
     * Waits for a sender.
     *
     * @param patience how long; after that nobody can send any more
     * @return null when there will be none
     */
    synchronized @Nullable Publication take(Duration patience) throws InterruptedException {
        long until = System.nanoTime() + patience.toNanos();
        while ((current == null || taken) && !over) {
            long left = until - System.nanoTime();
            over = left <= 0;
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        taken = true;
        return over ? null : current;
    }

    /** The sender's stream is over; @param cause why it could not be used, null when it could */
    void end(@Nullable Throwable cause) {
        end(cause, false);
    }

    /** As {@link #end}, and nobody can send any more. */
    void close(@Nullable Throwable cause) {
        end(cause, true);
    }

    private void end(@Nullable Throwable cause, boolean last) {
        Publication ended;
        synchronized (this) {
            ended = current;
            current = null;
            over |= last;
            notifyAll();
        }
        if (ended != null) {
            ended.finish(cause);
        }
    }
}
