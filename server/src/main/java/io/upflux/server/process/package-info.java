/**
 * How this program is run once more, as a process of its own, how much memory that takes, as this one, and what it is held to: what
 * crashes there, or takes too much, is that process alone.
 */
@NullMarked
package io.upflux.server.process;

import org.jspecify.annotations.NullMarked;
