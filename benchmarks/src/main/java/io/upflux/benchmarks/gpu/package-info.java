/**
 * What is wanted of a GPU and what it gives. Needs nothing but models and a Java runtime, so that a kit of these can be taken
 * to any machine.
 */
@NullMarked
package io.upflux.benchmarks.gpu;

import org.jspecify.annotations.NullMarked;
