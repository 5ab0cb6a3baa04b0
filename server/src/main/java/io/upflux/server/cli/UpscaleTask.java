package io.upflux.server.cli;

import java.nio.file.Path;

/**
 * One input into one output.
 *
 * @param input a path, a URL or {@code -}
 * @param output likewise
 */
record UpscaleTask(String input, String output) {
    /** {@code -}: standard input or output. */
    static boolean isStandardStream(String location) {
        return location.equals("-");
    }

    /** Whether {@code location} is something FFmpeg opens by a protocol, not a path. */
    static boolean isUrl(String location) {
        return location.matches("[A-Za-z][A-Za-z0-9+.-]+:.*") && !location.matches("[A-Za-z]:[\\\\/].*");
    }

    static boolean isPath(String location) {
        return !isStandardStream(location) && !isUrl(location);
    }

    /** For people: the last part of the input's name. */
    String title() {
        if (!isPath(input)) {
            return input;
        }
        Path name = Path.of(input).getFileName();
        return name == null ? input : name.toString();
    }
}
