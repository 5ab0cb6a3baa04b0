/**
 * What of a picture need not be computed again: which windows changed against the pictures their results came from, by
 * how much, and where new content came from. Logic over planes only; it neither computes nor holds pictures.
 */
@NullMarked
package io.upflux.reuse;

import org.jspecify.annotations.NullMarked;
