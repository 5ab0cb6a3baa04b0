/**
 * Native memory with one owner at a time, and the scope that reclaims and counts whatever its owners lost. Nothing
 * else in Upflux allocates or frees picture memory.
 */
@NullMarked
package io.upflux.buffer;

import org.jspecify.annotations.NullMarked;
