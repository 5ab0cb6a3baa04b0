package io.upflux.server.bench;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSource;
import reactor.core.publisher.Flux;

/** A source that costs nothing: frames kept from a real one, over and over. */
record RepeatedFrames(KeptFrames kept, int count) implements FrameSource {
    @Override
    public FrameFormat format() {
        return kept.format();
    }

    @Override
    public long estimatedFrames() {
        return count;
    }

    @Override
    public Flux<VideoFrame> frames(NativeScope scope) {
        return Flux.range(0, count).map(index -> kept.at(index).retain());
    }

    @Override
    public void interrupt() {}

    @Override
    public void close() {}
}
