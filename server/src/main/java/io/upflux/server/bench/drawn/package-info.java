/**
 * Clips that are drawn rather than filmed: slides, screens and patterns whose every pixel is known, the same on every
 * machine. Drawn without fonts or toolkits of the system, which would differ.
 */
@NullMarked
package io.upflux.server.bench.drawn;

import org.jspecify.annotations.NullMarked;
