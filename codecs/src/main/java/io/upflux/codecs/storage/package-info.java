/**
 * Where inputs lie that FFmpeg does not reach by itself. Modules above bring such storages along as services; here is what
 * is asked of them.
 */
@NullMarked
package io.upflux.codecs.storage;

import org.jspecify.annotations.NullMarked;
