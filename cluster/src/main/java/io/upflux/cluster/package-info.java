/**
 * Whole libraries of video on Apache Spark: plans films, maps the call that computes a segment over them, and joins each
 * film when its segments are there. Journals lie with the outputs; the driver keeps nothing that a later one would need.
 */
@NullMarked
package io.upflux.cluster;

import org.jspecify.annotations.NullMarked;
