package io.upflux.server.segment;

import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What tells whether an input is still the same.
 *
 * @param bytes size
 * @param modified when, to the second
 * @param sha256 of all of it when {@code whole}, otherwise of its first and last mebibyte
 * @param whole whether it is small enough to be read for this
 */
public record InputFingerprint(long bytes, Instant modified, String sha256, boolean whole) {
    private static final long SMALL = 64L << 20;
    private static final long ENDS = 1L << 20;

    /**
     * Looks for signs of a change, without reading anything.
     *
     * @throws StreamException when the input is not what it was
     */
    void recheck(Path input) {
        try {
            if (Files.size(input) != bytes || !modified(input).equals(modified)) {
                throw changed(input);
            }
        } catch (IOException e) {
            throw new StreamException(input + ": " + WorkFolder.reason(e), e);
        }
    }

    static StreamException changed(Path input) {
        return new StreamException(input + ": has changed while it was read");
    }

    private static Instant modified(Path input) throws IOException {
        return Files.getLastModifiedTime(input).toInstant().truncatedTo(ChronoUnit.SECONDS);
    }

    /** @throws StreamException when the input cannot be read */
    static InputFingerprint of(Path input) {
        try {
            long bytes = Files.size(input);
            boolean whole = bytes <= SMALL;
            return new InputFingerprint(
                    bytes, modified(input), whole ? Sha256.of(input) : Sha256.ofEnds(input, ENDS), whole);
        } catch (IOException e) {
            throw new StreamException(input + ": cannot be read: " + WorkFolder.reason(e), e);
        }
    }
}
