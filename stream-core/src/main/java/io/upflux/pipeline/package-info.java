/**
 * The Reactor chain from a source of frames over a super-resolver to a sink, and the three ports it is built on.
 * Ownership rule: a frame has one owner at a time; handing it on hands on the duty to release it.
 */
@NullMarked
package io.upflux.pipeline;

import org.jspecify.annotations.NullMarked;
