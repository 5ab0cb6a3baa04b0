/**
 * The way of a decoded source from one process to another: what is sent, and what takes it for something that was decoded here.
 * Whoever receives trusts nothing of it: whatever native code has made of the sender, numbers and lengths are checked.
 */
@NullMarked
package io.upflux.codecs.relay;

import org.jspecify.annotations.NullMarked;
