package io.upflux.server.job;

import io.upflux.codecs.MediaNames;
import io.upflux.server.preview.PreviewKind;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder that holds everything of a job, named by its id. It is made and removed under another name, so that a server
 * that is killed meanwhile leaves nothing that looks like a job, and finds what to {@link #sweep}.
 */
final class JobFolder {
    private static final String MAKING = ".partial";
    private static final String REMOVING = ".deleted";

    private final Path path;
    private final Job job;

    JobFolder(Path root, Job job) {
        this.path = root.resolve(job.id());
        this.job = job;
    }

    Path path() {
        return path;
    }

    /** What the job reads: a path or a URL. */
    String input() {
        String input = job.input();
        return input != null ? input : path.resolve(uploadName()).toString();
    }

    Path output() {
        return path.resolve("output." + job.upscaling().container());
    }

    /** The newest frame of its output, small. */
    Path picture() {
        return path.resolve("newest.jpeg");
    }

    /** The latest picture that stayed spoilt, or its source, which its process keeps beside the output; empty for none. */
    Optional<Path> spoilt(PreviewKind kind) throws IOException {
        if (!Files.isDirectory(path)) {
            return Optional.empty();
        }
        Path newest = null;
        try (DirectoryStream<Path> kept =
                Files.newDirectoryStream(path, output().getFileName() + ".*." + kind + "*.png")) {
            for (Path file : kept) {
                if (newest == null
                        || Files.getLastModifiedTime(file).compareTo(Files.getLastModifiedTime(newest)) > 0) {
                    newest = file;
                }
            }
        }
        return Optional.ofNullable(newest);
    }

    /** What its processes say to people. */
    Path log() {
        return path.resolve("log.txt");
    }

    /** How that process is run. */
    Path arguments() {
        return path.resolve("arguments");
    }

    /** Which process works on it. */
    Path process() {
        return path.resolve("process");
    }

    /** Makes a folder for an upload, under another name. @return where the upload is to be written */
    Path begin() throws IOException {
        return Files.createDirectories(making()).resolve(uploadName());
    }

    /** Gives it its name. */
    void commit() throws IOException {
        Files.move(making(), path, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Takes back {@link #begin}. */
    void discard() throws IOException {
        removeAll(making());
    }

    /** Also when there is none. */
    void remove() throws IOException {
        Path removing = path.resolveSibling(path.getFileName() + REMOVING);
        try {
            Files.move(path, removing, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            // Nothing was begun.
        }
        removeAll(removing);
    }

    /** Removes what a server that was killed has left half made or half removed. */
    static void sweep(Path root) throws IOException {
        List<Path> leftovers;
        try (Stream<Path> files = Files.list(root)) {
            leftovers = files.filter(JobFolder::isLeftover).toList();
        }
        for (Path leftover : leftovers) {
            removeAll(leftover);
        }
    }

    private static boolean isLeftover(Path file) {
        String name = String.valueOf(file.getFileName());
        return Stream.of(MAKING, REMOVING)
                .anyMatch(end -> name.endsWith(end) && Job.isId(name.substring(0, name.length() - end.length())));
    }

    private Path making() {
        return path.resolveSibling(path.getFileName() + MAKING);
    }

    /** With the extension that the user gave, where it is a plain one: FFmpeg looks at it, too. */
    private String uploadName() {
        String extension = MediaNames.extension(job.name());
        return extension.matches("[a-z0-9]{1,8}") ? "input." + extension : "input";
    }

    private static void removeAll(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                Files.deleteIfExists(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
