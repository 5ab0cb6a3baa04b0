package io.upflux.reuse;

import java.io.Serializable;

/**
 * How many windows of any number of pictures were kept, adapted and computed.
 *
 * @param unchanged their pixels were kept
 * @param updated their pixels were adapted to a small change
 * @param computed by the network, because of a change or beside one
 * @param added computed by the network where nothing was known: first pictures, scene cuts
 */
public record WindowShares(long unchanged, long updated, long computed, long added) implements Serializable {
    public static final WindowShares NONE = new WindowShares(0, 0, 0, 0);

    /** What both have counted. */
    public WindowShares plus(WindowShares other) {
        return new WindowShares(
                unchanged + other.unchanged, updated + other.updated, computed + other.computed, added + other.added);
    }

    public long windows() {
        return unchanged + updated + computed + added;
    }
}
