/**
 * ONNX files and their sessions: reads what a file says about itself, probes what it does not say, and runs it behind
 * {@link io.upflux.pipeline.SuperResolver}. No type of ONNX Runtime leaves this package.
 */
@NullMarked
package io.upflux.models.onnx;

import org.jspecify.annotations.NullMarked;
