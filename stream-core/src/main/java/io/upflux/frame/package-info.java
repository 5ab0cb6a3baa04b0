/**
 * What a picture is: its size, planes, colour and time, and where a network halted on it. Values only; the bytes belong to {@link io.upflux.buffer}.
 */
@NullMarked
package io.upflux.frame;

import org.jspecify.annotations.NullMarked;
