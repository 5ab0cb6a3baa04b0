package io.upflux.server.config;

import io.upflux.pipeline.StreamException;

/** A request named something that the configuration does not let requests name. */
public final class SourceRefused extends StreamException {
    private static final long serialVersionUID = 1L;

    SourceRefused(String message) {
        super(message);
    }
}
