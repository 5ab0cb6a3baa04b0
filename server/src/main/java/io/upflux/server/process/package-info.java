/**
 * How this program is run once more, as a process of its own, and how much memory that takes, as this one: what crashes there, or takes
 * too much, is that process alone.
 */
@NullMarked
package io.upflux.server.process;

import org.jspecify.annotations.NullMarked;
