package io.upflux.models.tile;

import io.upflux.buffer.MemoryExhaustedException;
import io.upflux.buffer.NativeScope;
import io.upflux.pipeline.StreamException;
import io.upflux.tile.TilePlan;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Native memory of one owner, freed when that is closed and not when the garbage collector comes by. */
public final class TileMemory implements AutoCloseable {
    private static final int PAGE = 4096;

    private final NativeScope scope = new NativeScope();
    private final List<Runnable> locked = new ArrayList<>();
    private final PageLock lock;

    /** Of the CPU alone. */
    public TileMemory() {
        this(PageLock.NONE);
    }

    /** @param lock for all that is allocated here */
    public TileMemory(PageLock lock) {
        this.lock = lock;
    }

    /**
     * Allocates one tensor.
     *
     * @param what for the error message: whose memory it is
     * @param bytesPerSample 1, 2, 4 or 8
     * @param shape sides of the tensor; their product counts the samples
     * @return direct, native order, zero-filled, valid until {@link #close()}
     * @throws StreamException when it would exceed the 2 GiB that one buffer can hold, or there is not enough memory
     */
    public ByteBuffer allocate(String what, int bytesPerSample, long... shape) {
        long bytes = bytesPerSample;
        for (long side : shape) {
            bytes = Math.multiplyExact(bytes, side);
        }
        if (bytes > Integer.MAX_VALUE - 4 * PAGE) {
            throw new StreamException(what + ": a tensor of " + bytes / (1 << 20) + " MiB is too large");
        }
        try {
            return lock == PageLock.NONE ? scope.allocate((int) bytes).bytes() : locked((int) bytes);
        } catch (MemoryExhaustedException e) {
            throw new StreamException(what + ": " + e.getMessage(), e);
        }
    }

    /** In pages that nothing else is in, since no page can be locked twice. */
    private ByteBuffer locked(int bytes) {
        int whole = TilePlan.roundUp(bytes, PAGE);
        ByteBuffer room = scope.allocate(whole + PAGE).bytes();
        ByteBuffer pages = room.alignedSlice(PAGE).limit(whole).slice();
        locked.add(lock.lock(pages));
        return pages.slice(0, bytes).order(ByteOrder.nativeOrder());
    }

    /** Bytes stay valid until here. Idempotent. */
    @Override
    public void close() {
        locked.forEach(Runnable::run);
        locked.clear();
        scope.close();
    }
}
