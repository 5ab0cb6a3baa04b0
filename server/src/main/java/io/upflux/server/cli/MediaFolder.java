package io.upflux.server.cli;

import io.upflux.codecs.MediaNames;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What is taken up in a folder; a file named by itself is tried whatever its name. */
final class MediaFolder {
    private MediaFolder() {}

    /** Videos and pictures in order of their names, hidden files and folders inside left out. */
    static List<String> media(Path folder) {
        return list(folder, "video or picture", MediaNames::isMedia);
    }

    /** Pictures in order of their names. */
    static List<String> pictures(Path folder) {
        return list(folder, "picture", MediaNames::isPicture);
    }

    private static List<String> list(Path folder, String kind, Predicate<String> wanted) {
        if (!Files.isDirectory(folder)) {
            throw new StreamException(folder + ": no such folder");
        }
        try (Stream<Path> entries = Files.list(folder)) {
            List<String> files = entries.filter(Files::isRegularFile)
                    .filter(file -> wanted.test(nameOf(file)) && !nameOf(file).startsWith("."))
                    .sorted()
                    .map(Path::toString)
                    .toList();
            if (files.isEmpty()) {
                throw new StreamException(folder + ": no " + kind + " in this folder");
            }
            return files;
        } catch (IOException e) {
            throw new StreamException(folder + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static String nameOf(Path file) {
        return String.valueOf(file.getFileName());
    }
}
