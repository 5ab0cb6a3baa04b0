package io.upflux.live;

import io.upflux.governor.Rung;
import io.upflux.pipeline.SuperResolver;
import org.jspecify.annotations.Nullable;

/**
 * A rung of a stream's ladder and what computes there.
 *
 * @param resolver null where the rung drops; not closed by whoever climbs
 */
public record Step(Rung rung, @Nullable SuperResolver resolver) {
    /** Refuses a rung that computes by nothing, or drops by something. */
    public Step {
        if (rung.drop() != (resolver == null)) {
            throw new IllegalArgumentException("rung " + rung.name() + " and its resolver contradict each other");
        }
    }
}
