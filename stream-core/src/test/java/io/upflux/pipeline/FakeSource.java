package io.upflux.pipeline;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.TestFrames;
import io.upflux.frame.VideoFrame;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;

/** Random frames; counts what it gave out and fails at one frame if asked. */
class FakeSource implements FrameSource {
    final FrameFormat format;
    final int frames;
    final int failAt;
    final AtomicInteger emitted = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();
    volatile boolean interrupted;

    FakeSource(FrameFormat format, int frames, int failAt) {
        this.format = format;
        this.frames = frames;
        this.failAt = failAt;
    }

    @Override
    public FrameFormat format() {
        return format;
    }

    @Override
    public long estimatedFrames() {
        return frames;
    }

    @Override
    public Flux<VideoFrame> frames(NativeScope scope) {
        return Flux.generate(() -> 0, (i, out) -> {
            if (i == failAt) {
                throw new StreamException("clip.mp4: broken at frame " + i);
            }
            if (i >= frames) {
                out.complete();
            } else {
                emitted.incrementAndGet();
                out.next(TestFrames.random(scope, format, 40L * i, i));
            }
            return i + 1;
        });
    }

    @Override
    public void interrupt() {
        interrupted = true;
    }

    @Override
    public void close() {
        closed.incrementAndGet();
    }
}
