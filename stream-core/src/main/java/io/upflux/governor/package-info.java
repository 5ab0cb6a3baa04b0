/**
 * Which quality a live stream can afford: a ladder of settings, and the governor that walks it one rung at a time so
 * that frames meet their deadlines. Pure logic over measured times; it owns no thread, and its clock is the caller's.
 */
@NullMarked
package io.upflux.governor;

import org.jspecify.annotations.NullMarked;
