package io.upflux.codecs.relay;

import io.upflux.pipeline.StreamException;

/** What no sender sends that is in order. */
final class MalformedMessage extends StreamException {
    private static final long serialVersionUID = 1L;

    MalformedMessage(String what) {
        super("what the decoding process sent cannot be understood: " + what);
    }
}
