/**
 * Live streams: from a source through the pipeline into a bounded window of fragments, and from there to any number of
 * viewers, none of whom can hold up the others. How viewers are reached is not known here.
 */
@NullMarked
package io.upflux.server.live;

import org.jspecify.annotations.NullMarked;
