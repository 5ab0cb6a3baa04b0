package io.upflux.pipeline;

import io.upflux.reuse.ReuseMode;

/**
 * How much of earlier pictures is reused.
 *
 * @param lookAhead frames whose cells may be computed together
 */
record ReuseSettings(ReuseMode mode, int lookAhead) {
    /** Frames whose cells are computed together, where they have few and nobody waits for them. */
    static final int LOOK_AHEAD = 16;

    ReuseSettings(ReuseMode mode) {
        this(mode, LOOK_AHEAD);
    }
}
