package io.upflux.pipeline;

import java.util.regex.Pattern;

/**
 * A stream cannot go on. The message is one line for people: it names the file, stream or key, says what is wrong, and
 * where there is something to do about it, what. Line breaks and other control characters, which texts and names of files may
 * hold, become spaces.
 */
public class StreamException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final Pattern NO_TEXT = Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}]+");

    public StreamException(String message) {
        super(line(message));
    }

    public StreamException(String message, Throwable cause) {
        super(line(message), cause);
    }

    private static String line(String message) {
        return NO_TEXT.matcher(message).replaceAll(" ");
    }
}
