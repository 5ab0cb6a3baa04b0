package io.upflux.live;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSource;
import io.upflux.pipeline.StreamException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

/**
 * A source as fast as time passes, whoever consumes it: read on a thread of its own, and when its consumer falls behind,
 * the newest frames win. A source that gives its frames faster than they are due, such as a file, is held back.
 *
 * <p>Only decoded frames are dropped, so what comes out always decodes; their time stamps stay, so that the rate varies.
 */
public final class LiveFrames implements FrameSource {
    /** One for the consumer and one that may follow at once; more would only be delay. */
    static final int WAITING = 2;

    /** Lateness that is not caught up: the machine slept, or cannot decode that fast. */
    private static final long FORGIVEN_NANOS = TimeUnit.SECONDS.toNanos(5);

    /**
     * Part of its lateness by which a source's clock is believed to be behind, each frame: one that is slower than ours by
     * a thousandth is followed, one late frame hardly moves it.
     */
    private static final int LATE_PART = 64;

    private static final long STOP_MILLIS = 5000;

    private final FrameSource source;
    private final boolean paced;
    private final Arrivals arrivals;
    private final Deque<VideoFrame> waiting = new ArrayDeque<>();
    private final LongAdder received = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private @Nullable Thread reader;
    private @Nullable Throwable failure;
    private boolean ended;
    private boolean stopped;
    private boolean timed;
    private long originNanos;
    private long originPts;

    /**
     * @param source what is read; closed with this
     * @param paced whether frames have to wait until they are due
     * @param arrivals told of each frame, while nobody else can get one
     */
    public LiveFrames(FrameSource source, boolean paced, Arrivals arrivals) {
        this.source = source;
        this.paced = paced;
        this.arrivals = arrivals;
    }

    /** One that tells nobody. */
    public LiveFrames(FrameSource source, boolean paced) {
        this(source, paced, Arrivals.UNHEARD);
    }

    /** Frames the source has given so far. */
    public long received() {
        return received.sum();
    }

    /** Frames given up because newer ones were there. */
    public long dropped() {
        return dropped.sum();
    }

    @Override
    public FrameFormat format() {
        return source.format();
    }

    @Override
    public long estimatedFrames() {
        return 0;
    }

    @Override
    public Flux<VideoFrame> frames(NativeScope scope) {
        return Flux.defer(() -> {
            start(scope);
            return Flux.generate(out -> {
                VideoFrame frame = take();
                if (frame == null) {
                    out.complete();
                } else {
                    out.next(frame);
                }
            });
        });
    }

    @Override
    public void interrupt() {
        Thread reading;
        synchronized (this) {
            stopped = true;
            giveUpWaiting();
            notifyAll();
            reading = reader;
        }
        source.interrupt();
        join(reading);
    }

    @Override
    public void close() {
        interrupt();
        source.close();
    }

    private synchronized void start(NativeScope scope) {
        if (reader != null) {
            throw new IllegalStateException("frames can be had once");
        }
        Thread thread = new Thread(() -> source.frames(scope).subscribe(new Reader()), "upflux-read");
        thread.setDaemon(true);
        // What Reactor takes for fatal to the virtual machine its operators throw instead of telling it.
        thread.setUncaughtExceptionHandler((broken, cause) -> end(cause));
        reader = thread;
        thread.start();
    }

    /** The oldest of the newest frames; null at the end. */
    private synchronized @Nullable VideoFrame take() {
        try {
            while (waiting.isEmpty() && !ended && !stopped) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StreamException("reading was stopped", e);
        }
        if (stopped) {
            throw new StreamException("reading was stopped");
        }
        VideoFrame frame = waiting.poll();
        if (frame == null && failure != null) {
            throw failure instanceof RuntimeException known ? known : new StreamException(failure.toString(), failure);
        }
        return frame;
    }

    /** Takes over a frame. @return whether to go on reading */
    private synchronized boolean offer(VideoFrame frame) {
        received.increment();
        long due = due(frame.pts());
        try {
            waitUntil(due);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped = true;
        }
        if (stopped) {
            frame.close();
            return false;
        }
        if (waiting.size() == WAITING) {
            VideoFrame lost = waiting.remove();
            arrivals.lost(lost);
            lost.close();
            dropped.increment();
        }
        arrivals.arrived(frame, due);
        waiting.add(frame);
        notifyAll();
        return true;
    }

    private synchronized void end(@Nullable Throwable cause) {
        ended = true;
        failure = cause;
        notifyAll();
    }

    /**
     * When a frame's time has come. What is not held back sets the clock by its earliest frames: those that come later than
     * their time stamps say were held up on their way.
     */
    private long due(long pts) {
        long now = System.nanoTime();
        if (!timed) {
            timed = true;
            restart(pts);
        }
        long due = originNanos
                + (long) (source.format().timeBase().seconds(pts - originPts) * TimeUnit.SECONDS.toNanos(1));
        long late = now - due;
        if (late > FORGIVEN_NANOS || (!paced && late < -FORGIVEN_NANOS)) {
            restart(pts);
            return now;
        }
        if (!paced) {
            originNanos += late < 0 ? late : late / LATE_PART;
            return Math.min(due, now);
        }
        return due;
    }

    private synchronized void waitUntil(long due) throws InterruptedException {
        for (long left = due - System.nanoTime(); paced && !stopped && left > 0; left = due - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    private void restart(long pts) {
        originNanos = System.nanoTime();
        originPts = pts;
    }

    private synchronized void giveUpWaiting() {
        for (VideoFrame frame = waiting.poll(); frame != null; frame = waiting.poll()) {
            frame.close();
        }
    }

    private static void join(@Nullable Thread reading) {
        if (reading == null || reading == Thread.currentThread()) {
            return;
        }
        try {
            reading.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (reading.isAlive()) {
            throw new StreamException("the reading thread does not stop");
        }
    }

    /** One frame a request, so that a stop is noticed between frames. */
    private final class Reader extends BaseSubscriber<VideoFrame> {
        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            request(1);
        }

        @Override
        protected void hookOnNext(VideoFrame frame) {
            if (offer(frame)) {
                request(1);
            } else {
                cancel();
            }
        }

        @Override
        protected void hookOnComplete() {
            end(null);
        }

        @Override
        protected void hookOnError(Throwable cause) {
            end(cause);
        }
    }
}
