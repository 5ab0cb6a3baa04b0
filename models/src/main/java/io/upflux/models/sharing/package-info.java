/**
 * Networks that several streams use at once: opened once, closed with the last that leaves, and called in the order in which
 * their frames are due.
 */
@NullMarked
package io.upflux.models.sharing;

import org.jspecify.annotations.NullMarked;
