package io.upflux.server.bench;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSink;

/** Throws frames away and notes when they came. */
record PacedSink(FrameFormat wanted, Pace pace) implements FrameSink {
    @Override
    public FrameFormat open(FrameFormat offered) {
        return wanted;
    }

    @Override
    public void write(VideoFrame frame) {
        frame.close();
        pace.written();
    }

    @Override
    public void finish() {}

    @Override
    public void interrupt() {}

    @Override
    public void close() {}
}
