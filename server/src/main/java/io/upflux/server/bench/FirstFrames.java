package io.upflux.server.bench;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSource;
import reactor.core.publisher.Flux;

/** The beginning of a source. */
public record FirstFrames(FrameSource source, int limit) implements FrameSource {
    @Override
    public FrameFormat format() {
        return source.format();
    }

    @Override
    public long estimatedFrames() {
        long all = source.estimatedFrames();
        return all > 0 ? Math.min(all, limit) : limit;
    }

    @Override
    public Flux<VideoFrame> frames(NativeScope scope) {
        return source.frames(scope).take(limit);
    }

    @Override
    public void interrupt() {
        source.interrupt();
    }

    @Override
    public void close() {
        source.close();
    }
}
