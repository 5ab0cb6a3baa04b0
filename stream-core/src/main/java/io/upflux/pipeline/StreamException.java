package io.upflux.pipeline;

/**
 * A stream cannot go on. The message is one line for people: it names the file, stream or key, says what is wrong, and
 * where there is something to do about it, what.
 */
public class StreamException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StreamException(String message) {
        super(message);
    }

    public StreamException(String message, Throwable cause) {
        super(message, cause);
    }
}
