/**
 * Single pictures of live streams, as somebody wishes to see them: source, upscaled, and what became of their windows.
 * Encoded only for those who wait for one, on a thread beside the pipeline's.
 */
@NullMarked
package io.upflux.server.preview;

import org.jspecify.annotations.NullMarked;
