package io.upflux.server.source;

import io.upflux.pipeline.StreamException;

/** A request named something that the configuration does not let requests name. The message may be told whoever asked. */
public final class SourceRefused extends StreamException {
    private static final long serialVersionUID = 1L;

    public SourceRefused(String message) {
        super(message);
    }

    SourceRefused(String message, Throwable cause) {
        super(message, cause);
    }
}
