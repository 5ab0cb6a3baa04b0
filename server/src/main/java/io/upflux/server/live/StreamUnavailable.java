package io.upflux.server.live;

import io.upflux.pipeline.StreamException;

/** A stream cannot be had now, but may be in a moment. The message may be told whoever asked. */
public final class StreamUnavailable extends StreamException {
    private static final long serialVersionUID = 1L;

    StreamUnavailable(String message) {
        super(message);
    }
}
