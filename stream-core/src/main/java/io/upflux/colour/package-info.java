/**
 * Decoded planes to network samples and back, as an exact pair: what a network returns unchanged comes out
 * unchanged. Whole rows, no colour library, no allocation per row.
 */
@NullMarked
package io.upflux.colour;

import org.jspecify.annotations.NullMarked;
