package io.upflux.server.live;

import io.upflux.codecs.Fragment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * One who follows a live stream. Offering never waits: what does not go out at once waits in a queue bounded in bytes,
 * and when that overflows it is emptied, and the viewer goes on with the next fragment that decoding can start with.
 */
public final class Viewer {
    private final FragmentWindow window;
    private final long limit;
    private final ToIntFunction<Fragment> size;
    private final BooleanSupplier writable;
    private final boolean watching;
    private final AtomicInteger work = new AtomicInteger();
    private final Deque<Fragment> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private boolean skipping;
    private boolean ended;
    private long skipped;
    private volatile @Nullable FluxSink<Fragment> sink;

    /**
     * @param limit bytes that may wait; a single larger fragment may, too
     * @param size of a fragment in the form that the viewer gets
     * @param writable whether the way to the viewer takes more
     */
    public Viewer(FragmentWindow window, long limit, ToIntFunction<Fragment> size, BooleanSupplier writable) {
        this(window, limit, size, writable, true);
    }

    /** @param watching whether it counts among those who watch, else as above */
    Viewer(
            FragmentWindow window,
            long limit,
            ToIntFunction<Fragment> size,
            BooleanSupplier writable,
            boolean watching) {
        this.watching = watching;
        this.window = window;
        this.limit = limit;
        this.size = size;
        this.writable = writable;
    }

    /** What the viewer gets, from the last key frame on; to be subscribed to once. On the thread that adds or requests. */
    public Flux<Fragment> fragments() {
        return Flux.create(
                emitter -> {
                    sink = emitter;
                    emitter.onDispose(() -> window.leave(this));
                    emitter.onRequest(n -> drain());
                    window.follow(this);
                    if (emitter.isCancelled()) {
                        // It left before it came.
                        window.leave(this);
                    }
                    drain();
                },
                FluxSink.OverflowStrategy.IGNORE);
    }

    /** To be called when the way to the viewer takes more again. */
    public void wake() {
        drain();
    }

    /** Fragments left out so far. */
    public synchronized long skipped() {
        return skipped;
    }

    boolean isWatching() {
        return watching;
    }

    void offer(Fragment fragment) {
        enqueue(fragment);
        drain();
    }

    synchronized void enqueue(Fragment fragment) {
        int bytes = size.applyAsInt(fragment);
        if (!waiting.isEmpty() && waitingBytes + bytes > limit) {
            skipped += waiting.size();
            waiting.clear();
            waitingBytes = 0;
            skipping = true;
        }
        if (skipping && !fragment.independent()) {
            skipped++;
            return;
        }
        skipping = false;
        waiting.add(fragment);
        waitingBytes += bytes;
    }

    void end() {
        synchronized (this) {
            ended = true;
        }
        drain();
    }

    private void drain() {
        FluxSink<Fragment> to = sink;
        if (to == null || work.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            while (to.requestedFromDownstream() > 0 && writable.getAsBoolean()) {
                Fragment next = poll();
                if (next == null) {
                    break;
                }
                to.next(next);
            }
            if (isOver()) {
                to.complete();
            }
            seen = work.addAndGet(-seen);
        } while (seen != 0);
    }

    private synchronized @Nullable Fragment poll() {
        Fragment next = waiting.poll();
        if (next != null) {
            waitingBytes -= size.applyAsInt(next);
        }
        return next;
    }

    private synchronized boolean isOver() {
        return ended && waiting.isEmpty();
    }
}
