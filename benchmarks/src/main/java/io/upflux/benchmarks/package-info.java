/**
 * Micro-benchmarks of the steps that touch every sample. Each prints a plain copy of the same bytes beside it, which is
 * what memory allows.
 */
@NullMarked
package io.upflux.benchmarks;

import org.jspecify.annotations.NullMarked;
