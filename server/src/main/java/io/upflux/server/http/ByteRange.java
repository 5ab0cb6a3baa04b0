package io.upflux.server.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The part of a file that a request asks for (RFC 9110 section 14).
 *
 * @param first offset of its first byte
 * @param length in bytes
 */
record ByteRange(long first, long length) {
    private static final Pattern ONE = Pattern.compile("(?i)bytes=\\s*(\\d{0,18})-(\\d{0,18})\\s*");

    /**
     * Reads a Range field.
     *
     * @param size of the file
     * @return null for the whole file: without the field, when it is none that is understood, or asks for several parts
     * @throws Problem when no byte of the file is in it
     */
    static @Nullable ByteRange of(@Nullable String field, long size) {
        Matcher matcher = ONE.matcher(field == null ? "" : field);
        if (!matcher.matches()) {
            return null;
        }
        String from = matcher.group(1);
        String to = matcher.group(2);
        if (from.isEmpty()) {
            return to.isEmpty() ? null : lastBytes(Long.parseLong(to), size);
        }
        long first = Long.parseLong(from);
        long last = to.isEmpty() ? Long.MAX_VALUE : Long.parseLong(to);
        if (last < first) {
            return null;
        }
        if (first >= size) {
            throw Problem.unsatisfiable(size);
        }
        return new ByteRange(first, Math.min(last, size - 1) - first + 1);
    }

    /** As Content-Range says it. */
    String of(long size) {
        return "bytes " + first + "-" + (first + length - 1) + "/" + size;
    }

    private static ByteRange lastBytes(long count, long size) {
        if (count == 0 || size == 0) {
            throw Problem.unsatisfiable(size);
        }
        long length = Math.min(count, size);
        return new ByteRange(size - length, length);
    }
}
