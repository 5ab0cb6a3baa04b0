/** Starts jobs, cancels them at random instants, and counts what is left of them. */
@NullMarked
package io.upflux.benchmarks.cancel;

import org.jspecify.annotations.NullMarked;
