package io.upflux.server.cli;

import io.upflux.codecs.MediaNames;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is taken up in a folder, but for what is hidden; a file named by itself is tried whatever its name. */
final class MediaFolder {
    private MediaFolder() {}

    /** Videos and pictures in order of their names. */
    static List<Path> media(Path folder) {
        return list(folder, "video or picture", MediaNames::isMedia);
    }

    /** Pictures in order of their names. */
    static List<String> pictures(Path folder) {
        return list(folder, "picture", MediaNames::isPicture).stream()
                .map(Path::toString)
                .toList();
    }

    /**
     * Videos and pictures in a folder and those inside, but not those that links lead to, in order of their names.
     *
     * @param outputs a folder that is left out if it is inside
     * @param notices hear of folders that cannot be read
     */
    static List<Path> all(Path folder, Path outputs, Notices notices) {
        try {
            // The folder itself may be a link.
            Path real = folder.toRealPath();
            Walk walk = new Walk(real, Files.exists(outputs) ? outputs.toRealPath() : null, notices);
            Files.walkFileTree(real, walk);
            List<Path> files = walk.files.stream()
                    .sorted()
                    .map(file -> folder.resolve(real.relativize(file)))
                    .toList();
            return some(files, folder, "video or picture in this folder and those inside");
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
    }

    private static List<Path> list(Path folder, String kind, Predicate<String> wanted) {
        if (!Files.isDirectory(folder)) {
            throw new StreamException(folder + ": no such folder");
        }
        try (Stream<Path> entries = Files.list(folder)) {
            List<Path> files = entries.filter(Files::isRegularFile)
                    .filter(file -> wanted.test(nameOf(file)) && !isHidden(file))
                    .sorted()
                    .toList();
            return some(files, folder, kind + " in this folder");
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
    }

    private static List<Path> some(List<Path> files, Path folder, String what) {
        if (files.isEmpty()) {
            throw new StreamException(folder + ": no " + what);
        }
        return files;
    }

    private static StreamException unreadable(Path folder, IOException e) {
        return new StreamException(folder + ": cannot be read: " + e.getMessage(), e);
    }

    private static boolean isHidden(Path file) {
        return nameOf(file).startsWith(".");
    }

    private static String nameOf(Path file) {
        return String.valueOf(file.getFileName());
    }

    private static final class Walk extends SimpleFileVisitor<Path> {
        private final List<Path> files = new ArrayList<>();
        private final Path root;
        private final @Nullable Path without;
        private final Notices notices;

        Walk(Path root, @Nullable Path without, Notices notices) {
            this.root = root;
            this.without = without;
            this.notices = notices;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            boolean skipped = !folder.equals(root) && (isHidden(folder) || folder.equals(without));
            return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (!isHidden(file) && MediaNames.isMedia(nameOf(file)) && Files.isRegularFile(file)) {
                files.add(file);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (file.equals(root)) {
                throw e;
            }
            notices.warning(file + ": cannot be read, and is left out");
            return FileVisitResult.CONTINUE;
        }
    }
}
