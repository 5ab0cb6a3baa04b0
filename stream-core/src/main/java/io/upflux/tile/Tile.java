package io.upflux.tile;

/**
 * One tile of a frame, in LR pixels. The core is what the tile contributes to the result; the rest is halo.
 *
 * @param x left edge of the tile
 * @param y top edge of the tile
 * @param coreX left edge of the core, in the picture
 * @param coreY top edge of the core, in the picture
 */
public record Tile(int x, int y, int coreX, int coreY, int coreWidth, int coreHeight) {}
