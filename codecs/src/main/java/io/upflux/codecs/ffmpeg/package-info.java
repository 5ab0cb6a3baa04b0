/**
 * The thin layer over FFmpeg's presets that both halves of this module stand on: return codes, dictionaries, the log,
 * the one interrupt callback, and the translation of formats and colour. Internal to this module.
 */
@NullMarked
package io.upflux.codecs.ffmpeg;

import org.jspecify.annotations.NullMarked;
