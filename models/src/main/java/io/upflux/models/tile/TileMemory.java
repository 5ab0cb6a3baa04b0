package io.upflux.models.tile;

import io.upflux.buffer.MemoryExhaustedException;
import io.upflux.buffer.NativeBuffer;
import io.upflux.buffer.NativeScope;
import io.upflux.pipeline.StreamException;
import java.nio.ByteBuffer;

/** Native memory of one owner, freed when that is closed and not when the garbage collector comes by. */
public final class TileMemory implements AutoCloseable {
    private final NativeScope scope = new NativeScope();

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
        if (bytes > Integer.MAX_VALUE - 64) {
            throw new StreamException(what + ": a tensor of " + bytes / (1 << 20) + " MiB is too large");
        }
        try {
            NativeBuffer buffer = scope.allocate((int) bytes);
            return buffer.bytes();
        } catch (MemoryExhaustedException e) {
            throw new StreamException(what + ": " + e.getMessage(), e);
        }
    }

    /** Bytes stay valid until here. Idempotent. */
    @Override
    public void close() {
        scope.close();
    }
}
