/**
 * Shape and memory of the tiles that every resolver works on, network or resizer. How tiles cover a frame is the
 * pipeline's affair.
 */
@NullMarked
package io.upflux.models.tile;

import org.jspecify.annotations.NullMarked;
