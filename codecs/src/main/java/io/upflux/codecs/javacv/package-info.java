/**
 * A bridge for programs that hold JavaCV's {@code Frame}s: they become frames of a pipeline and come back. It needs
 * {@code org.bytedeco:javacv} on the class path, which Upflux neither brings nor uses anywhere else.
 */
@NullMarked
package io.upflux.codecs.javacv;

import org.jspecify.annotations.NullMarked;
