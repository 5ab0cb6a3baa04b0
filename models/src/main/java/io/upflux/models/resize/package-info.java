/**
 * Resizers in plain Java: the floor that every network must beat, and the way out when no network fits. They work on
 * the same tiles as networks do.
 */
@NullMarked
package io.upflux.models.resize;

import org.jspecify.annotations.NullMarked;
