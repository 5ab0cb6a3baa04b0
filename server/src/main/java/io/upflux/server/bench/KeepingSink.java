package io.upflux.server.bench;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSink;

/** A sink that costs nothing beyond copying the first frames, for those who want to look at them later. */
record KeepingSink(FrameFormat wanted, KeptFrames kept, int limit) implements FrameSink {
    @Override
    public FrameFormat open(FrameFormat offered) {
        return wanted;
    }

    @Override
    public void write(VideoFrame frame) {
        try (frame) {
            if (kept.size() < limit) {
                kept.keep(frame);
            }
        }
    }

    @Override
    public void finish() {}

    @Override
    public void interrupt() {}

    @Override
    public void close() {}
}
