package io.upflux.tile;

import java.util.List;

/**
 * How many tiles a batch may have: a few sizes, so that a runtime plans each shape once, and hardly any place stays empty.
 *
 * @param sizes the largest first
 * @param pixels of all tiles of a batch, unless one of the last size has more; more are not computed faster
 */
public record BatchSizes(List<Integer> sizes, long pixels) {
    /** Of squares of a picture, in LR pixels. Streams and what computes them together have the same, and so share sessions. */
    public static final BatchSizes CELLS = new BatchSizes(List.of(64, 16, 4, 1), 1 << 17);

    public BatchSizes {
        sizes = List.copyOf(sizes);
    }

    /**
     * Of the next batch for tiles: the largest that is three quarters full at least, and not too large.
     *
     * @param left tiles that have no batch yet
     * @param area pixels of one
     */
    public int next(int left, long area) {
        return sizes.stream()
                .filter(size -> 4L * left >= 3L * size && size * area <= pixels)
                .findFirst()
                .orElse(sizes.get(sizes.size() - 1));
    }
}
