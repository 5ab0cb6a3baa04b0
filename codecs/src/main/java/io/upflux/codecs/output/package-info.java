/**
 * The writing half of the codecs: choosing an encoder, encoding, carrying every other stream across, muxing. Its door
 * is {@link io.upflux.codecs.MediaSink}; FFmpeg's types stay inside.
 */
@NullMarked
package io.upflux.codecs.output;

import org.jspecify.annotations.NullMarked;
