/**
 * Sources in real time: frames when they are due, and the newest when there are too many. What files need none of is
 * here, so that the pipeline itself never drops anything.
 */
@NullMarked
package io.upflux.live;

import org.jspecify.annotations.NullMarked;
