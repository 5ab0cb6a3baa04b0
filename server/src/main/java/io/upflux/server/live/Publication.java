package io.upflux.server.live;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * A stream that somebody sends to the server: bytes arrive on an event loop, which never waits, and are read by a decoder's
 * thread, which does. Of what has arrived and is not read yet there are a few pieces at most; the sender waits.
 */
public final class Publication extends BaseSubscriber<byte[]> implements ReadableByteChannel {
    private static final int PIECES = 16;

    private final Deque<ByteBuffer> waiting = new ArrayDeque<>();
    private final Sinks.Empty<Void> done = Sinks.empty();
    private final Duration patience;
    private boolean ended;
    private boolean closed;

    /** @param patience how long the sender may send nothing */
    Publication(Duration patience) {
        this.patience = patience;
    }

    /** Completes when all was read, and fails when it could not be used. */
    public Mono<Void> done() {
        return done.asMono();
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        ByteBuffer piece;
        int read = 0;
        synchronized (this) {
            piece = await();
            if (piece == null) {
                return -1;
            }
            read = Math.min(target.remaining(), piece.remaining());
            target.put(piece.slice().limit(read));
            piece.position(piece.position() + read);
            if (piece.hasRemaining()) {
                return read;
            }
            waiting.remove();
        }
        request(1);
        return read;
    }

    @Override
    public synchronized boolean isOpen() {
        return !closed;
    }

    /** What is not read yet is given up, and the sender is told to stop. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            waiting.clear();
            notifyAll();
        }
        cancel();
    }

    /** The stream is over; @param cause why it could not be used, null when it could */
    void finish(@Nullable Throwable cause) {
        close();
        if (cause == null) {
            done.tryEmitEmpty();
        } else {
            done.tryEmitError(cause);
        }
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        request(PIECES);
    }

    @Override
    protected synchronized void hookOnNext(byte[] bytes) {
        if (!closed && bytes.length > 0) {
            waiting.add(ByteBuffer.wrap(bytes));
            notifyAll();
        } else if (!closed) {
            request(1);
        }
    }

    @Override
    protected synchronized void hookOnComplete() {
        ended = true;
        notifyAll();
    }

    @Override
    protected synchronized void hookOnError(Throwable cause) {
        // A sender who goes away ends its stream.
        hookOnComplete();
    }

    /** The oldest piece; null at the end. */
    private synchronized @Nullable ByteBuffer await() throws IOException {
        long until = System.nanoTime() + patience.toNanos();
        try {
            for (long left = patience.toNanos();
                    waiting.isEmpty() && !ended && !closed;
                    left = until - System.nanoTime()) {
                if (left <= 0) {
                    throw new IOException("nothing came for " + patience.toSeconds() + " s");
                }
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        // A sender who went away ended its stream.
        return closed ? null : waiting.peek();
    }
}
