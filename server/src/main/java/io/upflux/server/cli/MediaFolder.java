package io.upflux.server.cli;

import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What is taken up in a folder; a file named by itself is tried whatever its name. */
final class MediaFolder {
    private static final Set<String> PICTURES =
            Set.of("png", "jpg", "jpeg", "webp", "bmp", "tif", "tiff", "gif", "ppm", "pgm");
    private static final Set<String> VIDEOS = Set.of(
            "mp4", "m4v", "mov", "mkv", "webm", "ts", "mts", "m2ts", "avi", "flv", "f4v", "mpg", "mpeg", "m2v", "vob",
            "wmv", "asf", "ogv", "3gp", "3g2", "mxf", "y4m", "ivf", "264", "h264", "265", "hevc", "av1", "obu");

    private MediaFolder() {}

    /** Videos and pictures in order of their names, hidden files and folders inside left out. */
    static List<String> media(Path folder) {
        return list(folder, "video or picture", name -> VIDEOS.contains(name) || PICTURES.contains(name));
    }

    /** Pictures in order of their names. */
    static List<String> pictures(Path folder) {
        return list(folder, "picture", PICTURES::contains);
    }

    /** Whether a name says that it is a picture's. */
    static boolean isPicture(String name) {
        return PICTURES.contains(extension(name));
    }

    /** The part after the last dot in lower case, empty when there is none. */
    static String extension(String name) {
        return name.substring(stem(name).length()).replaceFirst("^\\.", "").toLowerCase(Locale.ROOT);
    }

    /** The part before the last dot. */
    static String stem(String name) {
        int dot = name.lastIndexOf('.');
        return dot <= 0 ? name : name.substring(0, dot);
    }

    private static List<String> list(Path folder, String kind, Predicate<String> wanted) {
        if (!Files.isDirectory(folder)) {
            throw new StreamException(folder + ": no such folder");
        }
        try (Stream<Path> entries = Files.list(folder)) {
            List<String> files = entries.filter(Files::isRegularFile)
                    .filter(file -> wanted.test(extension(nameOf(file)))
                            && !nameOf(file).startsWith("."))
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
