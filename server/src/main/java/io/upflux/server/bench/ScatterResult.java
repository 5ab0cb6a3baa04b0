package io.upflux.server.bench;

/**
 * What a frame costs of which scattered windows have changed, as parts of a whole computation.
 *
 * @param model name
 * @param window side of the windows that change, in LR pixels
 * @param changed share of them that each frame changes
 * @param computed share of the 8x8 windows that was computed
 * @param inference busy time of the inference stage
 * @param upscaling busy time of planning, gathering, inference and composing together
 */
public record ScatterResult(
        String model, int window, double changed, double computed, double inference, double upscaling) {}
