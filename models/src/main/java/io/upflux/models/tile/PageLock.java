package io.upflux.models.tile;

import java.nio.ByteBuffer;

/** Keeps memory in its physical pages, so that a device can copy from and to it by itself. */
@FunctionalInterface
public interface PageLock {
    /** For memory that only the CPU uses. */
    PageLock NONE = pages -> () -> {};

    /**
     * Locks memory, or leaves it as it is where that cannot be done: it serves all the same, only slower.
     *
     * @param pages direct, whole pages
     * @return unlocks them; to be called once, before they are freed
     */
    Runnable lock(ByteBuffer pages);
}
