package io.upflux.server.cli;

import io.upflux.codecs.MediaNames;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One input into one output.
 *
 * @param input a path, a URL or {@code -}
 * @param output likewise
 * @param placed what the output is called in the folder of all outputs; null where it was named by itself
 */
record UpscaleTask(String input, String output, @Nullable Path placed) {
    private static final Pattern URL = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+://");
    private static final Pattern SEQUENCE = Pattern.compile("%0?\\d*d");

    UpscaleTask(String input, String output) {
        this(input, output, null);
    }

    /** {@code -}: standard input or output. */
    static boolean isStandardStream(String location) {
        return location.equals("-");
    }

    /** Whether FFmpeg opens it by a protocol. A colon alone makes no URL: films have them in their names. */
    static boolean isUrl(String location) {
        return URL.matcher(location).lookingAt();
    }

    /** Whether {@code location} is a pattern such as {@code frame%04d.png}, which names many files and itself none. */
    static boolean isSequence(String location) {
        return SEQUENCE.matcher(location).find();
    }

    static boolean isPath(String location) {
        return !isStandardStream(location) && !isUrl(location);
    }

    /** What files that belong to it are called: as the output in its folder, folders included, or as the input; without extension. */
    String stem() {
        if (placed != null) {
            return MediaNames.stem(placed.toString());
        }
        if (isStandardStream(input)) {
            return "stdin";
        }
        String stem =
                SEQUENCE.matcher(MediaNames.stem(UpscaleTasks.lastPart(input))).replaceAll("");
        return stem.isEmpty() ? "frame" : stem;
    }

    /** For people: the last part of the input's name, with the folders that its output is in as well. */
    String title() {
        if (isStandardStream(input)) {
            return "standard input";
        }
        if (isUrl(input)) {
            return input;
        }
        Path name = Path.of(input).getFileName();
        if (name == null) {
            return input;
        }
        return (placed == null ? name : placed.resolveSibling(name)).toString();
    }
}
