package io.upflux.codecs.input;

import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What the user wrote for an input, and what FFmpeg is given for it.
 *
 * @param name for messages
 * @param url for FFmpeg
 * @param isNetwork whether reading may stall, so that deadlines apply
 */
record Location(String name, String url, boolean isNetwork) {
    private static final Pattern SCHEME = Pattern.compile("^[a-zA-Z][a-zA-Z0-9+.-]+:.*", Pattern.DOTALL);

    /** A playlist or stream description on the local disk must not make us fetch things from elsewhere. */
    private static final String LOCAL_PROTOCOLS = "file,pipe,crypto,data,fd";

    /** @throws StreamException when a local file cannot be read, saying why */
    static Location of(String name) {
        if (name.equals("-")) {
            return new Location("standard input", "pipe:0", false);
        }
        if (SCHEME.matcher(name).matches() && !Files.exists(Path.of(name.split(":", 2)[0] + ":"))) {
            String scheme = name.substring(0, name.indexOf(':')).toLowerCase(Locale.ROOT);
            if (!scheme.equals("file")) {
                return new Location(name, name, !scheme.equals("pipe") && !scheme.equals("data"));
            }
            return local(name, Path.of(name.substring("file:".length())));
        }
        return local(name, Path.of(name));
    }

    String protocols() {
        return isNetwork ? "" : LOCAL_PROTOCOLS;
    }

    private static Location local(String name, Path path) {
        if (Files.isDirectory(path)) {
            throw new StreamException(name + ": is a folder, not a media file");
        }
        if (!Files.exists(path)) {
            throw new StreamException(name + ": no such file");
        }
        if (!Files.isReadable(path)) {
            throw new StreamException(name + ": permission denied");
        }
        try {
            if (Files.isRegularFile(path) && Files.size(path) == 0) {
                throw new StreamException(name + ": the file is empty");
            }
        } catch (IOException e) {
            throw new StreamException(name + ": " + e.getMessage(), e);
        }
        return new Location(name, "file:" + path, false);
    }
}
