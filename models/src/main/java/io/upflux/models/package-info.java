/**
 * The catalogue: which networks and resizers there are, what each one is, and how one is opened on a device. Everything
 * about the files themselves and about ONNX Runtime is a matter of the packages below.
 */
@NullMarked
package io.upflux.models;

import org.jspecify.annotations.NullMarked;
