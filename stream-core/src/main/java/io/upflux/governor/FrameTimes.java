package io.upflux.governor;

/**
 * What a frame took, in nanoseconds.
 *
 * @param cost time that the network or resizer was busy with it; where n frames are computed at once, an n-th of it
 * @param after time from the end of inference until the frame had left the encoder, waiting included
 */
public record FrameTimes(long cost, long after) {}
