package io.upflux.buffer;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What one owner has to close, together: the latest first, and all of it, whatever closing one of them throws. One thread. */
public final class Closer implements AutoCloseable {
    private final Deque<AutoCloseable> owned = new ArrayDeque<>();

    /** Takes a resource over. @return the same */
    public <T extends AutoCloseable> T own(T resource) {
        owned.push(resource);
        return resource;
    }

    /**
     * Closes all. Idempotent.
     *
     * @throws RuntimeException the first failure, with those after it as suppressed ones
     * @throws Error the same
     */
    @Override
    public void close() {
        @Nullable Throwable failure = null;
        while (!owned.isEmpty()) {
            try {
                owned.pop().close();
            } catch (Exception | Error e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw failure instanceof RuntimeException known ? known : new IllegalStateException(failure);
        }
    }
}
