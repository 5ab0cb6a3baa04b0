package io.upflux.pipeline;

/**
 * State of a running pipeline after a frame was written.
 *
 * @param frames written so far
 * @param estimatedFrames expected in all, 0 when unknown
 * @param pts of the frame, in ticks of the source's time base
 */
public record Progress(long frames, long estimatedFrames, long pts) {}
