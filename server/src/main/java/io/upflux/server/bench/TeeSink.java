package io.upflux.server.bench;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSink;

/** Keeps a copy of every frame on its way into a sink. */
record TeeSink(FrameSink sink, KeptFrames kept) implements FrameSink {
    @Override
    public FrameFormat open(FrameFormat offered) {
        return sink.open(offered);
    }

    @Override
    public void write(VideoFrame frame) {
        kept.keep(frame);
        sink.write(frame);
    }

    @Override
    public void finish() {
        sink.finish();
    }

    @Override
    public void interrupt() {
        sink.interrupt();
    }

    @Override
    public void close() {
        sink.close();
    }
}
