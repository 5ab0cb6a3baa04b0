package io.upflux.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waiting for what other threads or programs do. */
public final class Await {
    private static final long LOOK_MILLIS = 5;

    private Await() {}

    /** Returns once {@code what} holds, and fails when it does not within the limit. */
    public static void within(Duration limit, BooleanSupplier what) {
        long until = System.nanoTime() + limit.toNanos();
        while (!what.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(until);
            try {
                Thread.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }
}
