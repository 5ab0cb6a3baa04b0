package io.upflux.models.onnx;

import io.upflux.pipeline.StreamException;

/** An inference that somebody interrupted, or that came after the end: it says nothing of what was run. */
final class StoppedException extends StreamException {
    private static final long serialVersionUID = 1L;

    StoppedException(String message) {
        super(message);
    }

    StoppedException(String message, Throwable cause) {
        super(message, cause);
    }
}
