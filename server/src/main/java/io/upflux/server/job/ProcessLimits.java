package io.upflux.server.job;

import java.time.Duration;

/**
 * What the process of a job may take.
 *
 * @param memoryBytes resident
 * @param stall how long it may say nothing
 * @param grace how long it may take to end when it is asked to
 */
record ProcessLimits(long memoryBytes, Duration stall, Duration grace) {
    /** No longer than a frame, and then some. */
    static final Duration GRACE = Duration.ofSeconds(30);
}
