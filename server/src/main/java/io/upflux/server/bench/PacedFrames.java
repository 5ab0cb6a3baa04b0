package io.upflux.server.bench;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSource;
import reactor.core.publisher.Flux;

/** As {@link RepeatedFrames}, each when it is due: a camera. Frames that come to nobody in time wait; none is dropped. */
record PacedFrames(KeptFrames kept, Pace pace) implements FrameSource {
    @Override
    public FrameFormat format() {
        return kept.format();
    }

    @Override
    public long estimatedFrames() {
        return pace.frames();
    }

    @Override
    public Flux<VideoFrame> frames(NativeScope scope) {
        return Flux.range(0, pace.frames()).map(index -> {
            pace.await(index);
            return kept.at(index).retain();
        });
    }

    @Override
    public void interrupt() {}

    @Override
    public void close() {}
}
