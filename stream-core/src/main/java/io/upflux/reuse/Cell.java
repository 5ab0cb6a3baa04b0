package io.upflux.reuse;

/**
 * A square of a picture that is computed by itself, in LR pixels. Those at the right and lower border may reach beyond
 * the picture.
 *
 * @param x left edge, a multiple of {@code side}
 * @param y top edge, likewise
 */
public record Cell(int x, int y, int side) {}
