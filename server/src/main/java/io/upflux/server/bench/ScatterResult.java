package io.upflux.server.bench;

import io.upflux.reuse.ReuseMode;

/**
 * What a frame costs of which scattered windows have changed, as parts of a whole computation.
 *
 * @param model name
 * @param mode of reuse
 * @param window side of the windows that change, in LR pixels
 * @param changed share of them that each frame changes
 * @param computed share of the 8x8 windows that was computed
 * @param inference processor time of the inference stage
 * @param upscaling processor time of planning, gathering, inference and composing together
 * @param cpu time of all processors, by everything
 */
public record ScatterResult(
        String model,
        ReuseMode mode,
        int window,
        double changed,
        double computed,
        double inference,
        double upscaling,
        double cpu) {}
