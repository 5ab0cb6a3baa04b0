package io.upflux.pipeline;

import java.util.concurrent.Semaphore;

/**
 * How much may be under way at once: memory is bounded by slots. Whoever wants one more than there are waits until a
 * later stage gives one back.
 */
final class Slots {
    private final Semaphore free;
    private volatile boolean stopped;

    Slots(int count) {
        free = new Semaphore(count);
    }

    /** @throws StreamException when the pipeline was stopped */
    void acquire() {
        try {
            free.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StreamException("the pipeline was stopped", e);
        }
        if (stopped) {
            // For the next one that waits.
            free.release();
            throw new StreamException("the pipeline was stopped");
        }
    }

    void release() {
        free.release();
    }

    /** Makes whoever waits give up. */
    void stop() {
        stopped = true;
        free.release();
    }
}
