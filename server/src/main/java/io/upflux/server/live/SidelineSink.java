package io.upflux.server.live;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.Notices;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A sink on a thread of its own, where it holds up nobody: frames that come faster than it takes them are left out. */
final class SidelineSink implements FrameSink {
    private static final int WAITING = 3;

    private final String name;
    private final FrameSink sink;
    private final Notices notices;
    private final Runnable leaving;
    private final ExecutorService thread;
    private final Semaphore places = new Semaphore(WAITING);
    private volatile @Nullable RuntimeException failure;
    private volatile boolean interrupted;
    private long leftOut;

    /**
     * @param name for people
     * @param sink closed with this
     * @param notices told of frames that were left out, at the end
     * @param leaving run for each of them at once
     */
    SidelineSink(String name, FrameSink sink, Notices notices, Runnable leaving) {
        this.name = name;
        this.sink = sink;
        this.notices = notices;
        this.leaving = leaving;
        this.thread = Executors.newSingleThreadExecutor(work -> {
            Thread made = new Thread(work, "upflux-rendition-" + name);
            made.setDaemon(true);
            return made;
        });
    }

    @Override
    public FrameFormat open(FrameFormat offered) {
        return sink.open(offered);
    }

    /** Fails when an earlier frame did. */
    @Override
    public void write(VideoFrame frame) {
        RuntimeException failed = failure;
        if (failed == null && places.tryAcquire()) {
            thread.execute(() -> take(frame));
            return;
        }
        frame.close();
        if (failed != null) {
            throw failed;
        }
        leftOut++;
        leaving.run();
    }

    private void take(VideoFrame frame) {
        try {
            if (interrupted || failure != null) {
                frame.close();
            } else {
                sink.write(frame);
            }
        } catch (RuntimeException e) {
            failure = e;
        } finally {
            places.release();
        }
    }

    @Override
    public void finish() {
        try {
            CompletableFuture.runAsync(this::end, thread).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private void end() {
        RuntimeException failed = failure;
        if (failed != null) {
            throw failed;
        }
        sink.finish();
    }

    @Override
    public void interrupt() {
        interrupted = true;
        sink.interrupt();
    }

    /** Waits for the frames that wait, however long: what they use is freed afterwards. */
    @Override
    public void close() {
        thread.shutdown();
        boolean asked = false;
        while (!thread.isTerminated()) {
            try {
                thread.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                asked = true;
            }
        }
        if (asked) {
            Thread.currentThread().interrupt();
        }
        if (leftOut > 0) {
            notices.warning(name + ": its encoder was too slow for " + leftOut + " frames, which it left out");
            leftOut = 0;
        }
        sink.close();
    }
}
