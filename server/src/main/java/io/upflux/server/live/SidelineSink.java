package io.upflux.server.live;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sink on a thread of its own, where it holds up nobody and takes nobody along: frames that come faster than it takes them are
 * left out, and where it fails another takes its place after a pause.
 */
final class SidelineSink implements FrameSink {
    private static final Logger LOG = LoggerFactory.getLogger(SidelineSink.class);

    private static final int WAITING = 3;

    private final String name;
    private final Supplier<FrameSink> sinks;
    private final Notices notices;
    private final Runnable leaving;
    private final Consumer<String> failing;
    private final ExecutorService thread;
    private final Semaphore places = new Semaphore(WAITING);
    private final Backoff backoff = new Backoff(System::nanoTime);
    private volatile @Nullable FrameSink sink;
    private volatile boolean interrupted;
    private @Nullable FrameFormat format;
    private long pausedNanos;
    private Duration pause = Duration.ZERO;
    private String lastLine = "";
    private long leftOut;

    /**
     * @param name for people
     * @param sinks one, and another whenever that has failed and is closed; asked on the thread
     * @param notices told of failures, of one that comes again and again once, and of frames that were left out, at the end
     * @param leaving run for each of these frames at once
     * @param failing told of each failure in a line
     */
    SidelineSink(String name, Supplier<FrameSink> sinks, Notices notices, Runnable leaving, Consumer<String> failing) {
        this.name = name;
        this.sinks = sinks;
        this.notices = notices;
        this.leaving = leaving;
        this.failing = failing;
        this.thread = Executors.newSingleThreadExecutor(work -> {
            Thread made = new Thread(work, "upflux-rendition-" + name);
            made.setDaemon(true);
            return made;
        });
    }

    /** Takes frames as they are offered, or fails on its thread. */
    @Override
    public FrameFormat open(FrameFormat offered) {
        format = offered;
        thread.execute(this::begin);
        return offered;
    }

    @Override
    public void write(VideoFrame frame) {
        if (places.tryAcquire()) {
            thread.execute(() -> take(frame));
            return;
        }
        frame.close();
        leftOut++;
        leaving.run();
    }

    private void begin() {
        try {
            FrameFormat offered = Objects.requireNonNull(format);
            FrameSink begun = sinks.get();
            sink = begun;
            FrameFormat wanted = begun.open(offered);
            if (!wanted.layout().equals(offered.layout())) {
                throw new StreamException("its encoder wants " + wanted.layout() + " where the stream's has "
                        + offered.layout() + "; choose another videoCodec");
            }
            backoff.working();
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    private void take(VideoFrame frame) {
        try {
            if (sink == null && !interrupted && System.nanoTime() - pausedNanos >= pause.toNanos()) {
                begin();
            }
            FrameSink to = sink;
            if (to == null || interrupted) {
                frame.close();
            } else {
                to.write(frame);
            }
        } catch (RuntimeException | Error e) {
            fail(e);
        } finally {
            places.release();
        }
    }

    private void fail(Throwable cause) {
        if (interrupted) {
            return;
        }
        pause = backoff.pause();
        pausedNanos = System.nanoTime();
        String line = FaultLine.logged(name, cause);
        failing.accept(line);
        String warning = name + ": " + line + "; trying again in " + pause.toMillis() / 1000.0 + " s";
        if (line.equals(lastLine) && !pause.equals(Backoff.FIRST)) {
            LOG.debug("{}", warning);
        } else {
            notices.warning(warning);
        }
        lastLine = line;
        discard();
    }

    /** What has failed may do so again. */
    private void discard() {
        FrameSink last = sink;
        sink = null;
        try {
            if (last != null) {
                last.close();
            }
        } catch (RuntimeException | Error e) {
            FaultLine.logged(name, e);
        }
    }

    @Override
    public void finish() {
        CompletableFuture.runAsync(this::end, thread).join();
    }

    private void end() {
        FrameSink last = sink;
        try {
            if (last != null) {
                last.finish();
            }
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    @Override
    public void interrupt() {
        interrupted = true;
        FrameSink present = sink;
        if (present != null) {
            present.interrupt();
        }
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
        discard();
    }
}
