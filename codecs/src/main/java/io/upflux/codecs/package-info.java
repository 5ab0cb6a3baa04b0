/**
 * Media in and out: a source decodes the pictures of a file, stream or still image, a sink encodes them and carries the
 * rest of the source along. FFmpeg stays behind these types.
 */
@NullMarked
package io.upflux.codecs;

import org.jspecify.annotations.NullMarked;
