package io.upflux.reuse;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be computed of one picture.
 *
 * @param extent how much
 * @param cells to compute, if only some; together they hold every window that the map calls computed
 * @param map what becomes of each window
 * @param origins where the content of its windows was in the picture before; null where nobody wants to know
 * @param probes windows of the map that are computed although they could be adapted, to see how far off that would be
 */
public record FramePlan(
        Extent extent,
        List<Cell> cells,
        ReuseMap map,
        @Nullable Origins origins,
        List<Integer> probes) {
    /** How much of a picture is computed. */
    public enum Extent {
        /** All of it, and what the network must have seen of the whole picture is made anew. */
        KEY,
        /** All of it. */
        FULL,
        /** Some cells, or nothing. */
        CELLS
    }
}
