package io.upflux.server.cli;

import io.upflux.codecs.MediaNames;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** What is taken up in a folder; a file named by itself is tried whatever its name. */
final class MediaFolder {
    private MediaFolder() {}

    /**
     * Videos and pictures in order of their names, hidden ones left out.
     *
     * @param recursive whether those in the folders inside, too
     * @param without a folder in it that is left out
     */
    static List<Path> media(Path folder, boolean recursive, @Nullable Path without) {
        List<Path> files = list(folder, recursive ? Integer.MAX_VALUE : 1, MediaNames::isMedia).stream()
                .filter(file -> without == null || !absolute(file).startsWith(absolute(without)))
                .toList();
        return some(files, folder, "video or picture", recursive);
    }

    /** Pictures in order of their names. */
    static List<String> pictures(Path folder) {
        return some(list(folder, 1, MediaNames::isPicture), folder, "picture", false).stream()
                .map(Path::toString)
                .toList();
    }

    private static List<Path> list(Path folder, int depth, Predicate<String> wanted) {
        if (!Files.isDirectory(folder)) {
            throw new StreamException(folder + ": no such folder");
        }
        try (Stream<Path> entries = Files.walk(folder, depth)) {
            return entries.filter(file -> wanted.test(nameOf(file)) && !isHidden(folder.relativize(file)))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new StreamException(folder + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static List<Path> some(List<Path> files, Path folder, String kind, boolean recursive) {
        if (files.isEmpty()) {
            throw new StreamException(
                    folder + ": no " + kind + " in this folder" + (recursive ? " and those inside" : ""));
        }
        return files;
    }

    private static boolean isHidden(Path inside) {
        return StreamSupport.stream(inside.spliterator(), false)
                .anyMatch(part -> part.toString().startsWith("."));
    }

    private static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }

    private static String nameOf(Path file) {
        return String.valueOf(file.getFileName());
    }
}
