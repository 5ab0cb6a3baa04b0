package io.upflux.codecs.ffmpeg;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOInterruptCB;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Ends blocking I/O of one format context: on request, when a deadline has passed, when the thread that waits is
 * interrupted, or when lists within lists have nearly filled its stack: FFmpeg opens each by recursion, without a bound.
 *
 * <p>JavaCPP has room for ten callbacks of a type and silently never calls the eleventh, so there is one for the whole
 * process, which finds its context by the {@code opaque} pointer.
 */
public final class Interrupts implements AutoCloseable {
    private static final Map<Long, Interrupts> BY_ADDRESS = new ConcurrentHashMap<>();

    /** Java's frames for which there must be room on the stack, a hundred kilobytes or more. */
    private static final int ROOM = 2000;

    private static final AVIOInterruptCB.Callback_Pointer CALLBACK = new Callback();

    private final Pointer key;
    private volatile boolean interrupted;
    private volatile boolean expired;
    private volatile long deadlineNanos;
    private volatile boolean hasDeadline;
    private volatile boolean heedsThread;
    private volatile boolean tooDeep;
    private volatile Runnable told = () -> {};

    public Interrupts() {
        key = Av.allocated(avutil.av_malloc(1), "interrupt");
        BY_ADDRESS.put(key.address(), this);
    }

    /** To be called before the context is opened. */
    public void watch(AVFormatContext context) {
        context.interrupt_callback().callback(CALLBACK).opaque(key);
    }

    /** Makes the current and every later blocking call fail. Any thread. */
    public void interrupt() {
        interrupted = true;
    }

    public boolean isInterrupted() {
        return interrupted;
    }

    /** Whether a deadline ended a call. */
    public boolean isExpired() {
        return expired;
    }

    /**
     * Why calls failed, for people; null where that had other reasons.
     *
     * @param late what it means that a deadline has passed
     */
    public @Nullable String reason(String late) {
        if (tooDeep) {
            return "leads to lists within lists without end";
        }
        return interrupted ? "reading was stopped" : expired ? late : null;
    }

    /** From now on, calls fail when {@code limit} has passed; null for no limit. */
    public void deadline(@Nullable Duration limit) {
        if (limit == null) {
            hasDeadline = false;
        } else {
            deadlineNanos = System.nanoTime() + limit.toNanos();
            hasDeadline = true;
        }
    }

    /** Whether an interrupt of the thread that makes a call counts as {@link #interrupt}. */
    public void heedThread(boolean heed) {
        heedsThread = heed;
    }

    /** Who is told from now on before each piece that is read or written, by whoever does that. */
    public void tell(Runnable progress) {
        told = progress;
    }

    /** To be called after the context is freed. */
    @Override
    public void close() {
        if (BY_ADDRESS.remove(key.address()) != null) {
            avutil.av_free(key);
        }
    }

    private boolean mustStop() {
        told.run();
        if (hasDeadline && System.nanoTime() - deadlineNanos > 0) {
            expired = true;
        }
        if (heedsThread && Thread.currentThread().isInterrupted()) {
            interrupted = true;
        }
        return interrupted || expired;
    }

    /** Where FFmpeg itself runs out of it, or the next call of this does, the process ends. */
    private boolean isDeep() {
        try {
            frames(ROOM);
        } catch (StackOverflowError e) {
            tooDeep = true;
        }
        return tooDeep;
    }

    private static int frames(int count) {
        return count == 0 ? 1 : frames(count - 1) + 1;
    }

    private static final class Callback extends AVIOInterruptCB.Callback_Pointer {
        @Override
        public int call(Pointer opaque) {
            Interrupts owner = opaque == null ? null : BY_ADDRESS.get(opaque.address());
            return owner != null && (owner.mustStop() || owner.isDeep()) ? 1 : 0;
        }
    }
}
