/**
 * How fast a pipeline is on this machine, beside each of its stages alone, and how fast it could be. Written against
 * the three ports only, so that it measures whatever is behind them.
 */
@NullMarked
package io.upflux.server.bench;

import org.jspecify.annotations.NullMarked;
