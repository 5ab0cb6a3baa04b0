package io.upflux.buffer;

/**
 * There is no more memory for pictures outside the Java heap. No {@link OutOfMemoryError}: the heap is as it was, and Reactor lets
 * errors of the machine pass by all who wait for a stream's end.
 */
public final class MemoryExhaustedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MemoryExhaustedException(long bytes, Throwable cause) {
        super(
                "there is not enough memory outside the Java heap: " + (bytes >> 20) + " MiB more are wanted, "
                        + "where -XX:MaxDirectMemorySize, or the machine, allows no more",
                cause);
    }
}
