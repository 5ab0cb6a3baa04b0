/**
 * File jobs in segments: each is computed by itself, so that it can be kept, repeated, or computed elsewhere. A journal
 * beside the output says which are finished; when all are, they are joined, checked against the source, and published.
 */
@NullMarked
package io.upflux.server.segment;

import org.jspecify.annotations.NullMarked;
