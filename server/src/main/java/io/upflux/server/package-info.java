/**
 * The program itself: where the process starts and ends. What it does is in the rooms below.
 */
@NullMarked
package io.upflux.server;

import org.jspecify.annotations.NullMarked;
