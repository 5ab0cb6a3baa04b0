package io.upflux.buffer;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counted reference to off-heap bytes. Created with one reference by a {@link NativeScope}; the last {@link #release()}
 * gives the bytes back to where they came from.
 */
public final class NativeBuffer {
    private final NativeScope scope;
    private final ByteBuffer bytes;
    private final Runnable free;
    private final AtomicInteger references = new AtomicInteger(1);

    NativeBuffer(NativeScope scope, ByteBuffer bytes, Runnable free) {
        this.scope = scope;
        this.bytes = bytes;
        this.free = free;
    }

    /**
     * All bytes, in native order, position 0.
     *
     * @throws IllegalStateException when already released
     */
    public ByteBuffer bytes() {
        if (references.get() <= 0) {
            throw new IllegalStateException("native buffer used after its last release");
        }
        return bytes;
    }

    /** Adds a reference. */
    public NativeBuffer retain() {
        references.getAndUpdate(n -> {
            if (n <= 0) {
                throw new IllegalStateException("native buffer retained after its last release");
            }
            return n + 1;
        });
        return this;
    }

    /**
     * Gives up one reference.
     *
     * @throws IllegalStateException when none is left
     */
    public void release() {
        int before = references.getAndUpdate(n -> n > 0 ? n - 1 : n);
        if (before <= 0) {
            throw new IllegalStateException("native buffer released twice");
        }
        if (before == 1) {
            scope.returned(this);
            free.run();
        }
    }

    /** Frees whatever references are left; only for the scope, once no thread can use the buffer any more. */
    void reclaim() {
        if (references.getAndSet(0) > 0) {
            free.run();
        }
    }
}
