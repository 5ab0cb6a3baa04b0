package io.upflux.pipeline;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps the time stamps and a luma sample of what it is given. */
class FakeSink implements FrameSink {
    final List<Long> pts = new ArrayList<>();
    final List<String> threads = new ArrayList<>();
    final AtomicInteger closed = new AtomicInteger();
    final CountDownLatch firstWrite = new CountDownLatch(1);
    CountDownLatch gate = new CountDownLatch(0);
    int failAt = -1;
    boolean finished;

    @Override
    public FrameFormat open(FrameFormat offered) {
        return offered;
    }

    @Override
    public void write(VideoFrame frame) {
        try (frame) {
            threads.add(Thread.currentThread().getName());
            firstWrite.countDown();
            gate.await();
            if (pts.size() == failAt) {
                throw new StreamException("out.mp4: No space left on device");
            }
            pts.add(frame.pts());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StreamException("interrupted", e);
        }
    }

    @Override
    public void finish() {
        threads.add(Thread.currentThread().getName());
        finished = true;
    }

    @Override
    public void interrupt() {
        gate.countDown();
    }

    @Override
    public void close() {
        closed.incrementAndGet();
    }
}
