/**
 * Where a frame is cut and how the pieces join again without a seam, and where samples of it lie. Pure geometry.
 */
@NullMarked
package io.upflux.tile;

import org.jspecify.annotations.NullMarked;
