package io.upflux.codecs.output;

import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.IllegalFormatException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A file (or a numbered sequence of them) that appears under its name only when it is complete. Until then it lies in
 * the same folder under a hidden name, so that a rename is enough and a crash leaves nothing that looks finished.
 *
 * <p>What is no regular file (a named pipe, a device) is written in place.
 */
final class PartialFile {
    private final String location;
    private final Path target;
    private final Path partial;
    private final boolean inPlace;
    private final boolean sequence;
    private final boolean overwrite;

    private PartialFile(String location, Path target, boolean inPlace, boolean sequence, boolean overwrite) {
        this.location = location;
        this.target = target;
        this.inPlace = inPlace;
        this.sequence = sequence;
        this.overwrite = overwrite;
        this.partial = inPlace
                ? target
                : target.resolveSibling(partialName(target.getFileName().toString()));
    }

    /**
     * Checks that {@code location} can be written, and that nothing gets lost by it.
     *
     * @param input what is read meanwhile, or null
     * @throws StreamException when the output exists, is the input, or cannot be made
     */
    static PartialFile create(String location, boolean sequence, boolean overwrite, @Nullable String input) {
        Path target = path(location);
        if (Files.isDirectory(target)) {
            throw new StreamException(location + " is a folder; name a file in it");
        }
        Path folder = target.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new StreamException(location + ": the folder " + folder + " does not exist");
        }
        Path first = sequence ? frame(target, 1) : target;
        if (input != null && isSame(first, input)) {
            throw new StreamException(location + " is the input itself; choose another output");
        }
        boolean exists = Files.exists(first, LinkOption.NOFOLLOW_LINKS);
        boolean inPlace = !sequence && Files.exists(target) && !Files.isRegularFile(target);
        if (exists && !inPlace && !overwrite) {
            throw new StreamException(first + " exists already; allow overwriting or choose another name");
        }
        PartialFile file = new PartialFile(location, target, inPlace, sequence, overwrite);
        file.reserve();
        return file;
    }

    /** What FFmpeg shall write to. */
    String writtenTo() {
        // "file:" keeps a name such as "a:b.mkv" from being taken for a URL.
        return sequence ? partial.toString() : "file:" + partial;
    }

    /** Whether not a byte of a single file could be written. */
    boolean isEmpty() {
        try {
            return !inPlace && Files.size(partial) == 0;
        } catch (IOException e) {
            throw new StreamException(location + ": cannot be looked at: " + reason(e), e);
        }
    }

    /** Puts everything written under its name. @param frames how many files a sequence has */
    void publish(long frames) {
        if (inPlace) {
            return;
        }
        if (!sequence) {
            force(partial);
            move(partial, target);
            return;
        }
        // All before the first, so that a conflict leaves none.
        for (long i = 1; i <= frames; i++) {
            refuseNewcomer(frame(target, i));
        }
        for (long i = 1; i <= frames; i++) {
            move(frame(partial, i), frame(target, i));
        }
    }

    /** Removes what was written and not published. @param frames how many files of a sequence are whole */
    void discard(long frames) {
        if (inPlace) {
            return;
        }
        List<Path> leftovers = new ArrayList<>();
        if (sequence) {
            // The one behind them may have been begun.
            for (long i = 1; i <= frames + 1; i++) {
                leftovers.add(frame(partial, i));
            }
        } else {
            leftovers.add(partial);
        }
        for (Path leftover : leftovers) {
            try {
                Files.deleteIfExists(leftover);
            } catch (IOException e) {
                throw new StreamException(leftover + ": cannot remove the unfinished file: " + reason(e), e);
            }
        }
    }

    private void reserve() {
        if (inPlace) {
            return;
        }
        Path probe = sequence ? frame(partial, 1) : partial;
        try {
            Files.createFile(probe);
            if (sequence) {
                Files.delete(probe);
            }
        } catch (IOException e) {
            throw new StreamException(location + ": cannot write here: " + reason(e), e);
        }
    }

    /** What has its name must be whole, also after a power failure. */
    private void force(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        } catch (IOException e) {
            throw new StreamException(location + ": cannot be written to the disk: " + reason(e), e);
        }
    }

    private void refuseNewcomer(Path name) {
        if (!overwrite && Files.exists(name, LinkOption.NOFOLLOW_LINKS)) {
            throw new StreamException(name + " exists and is left alone; allow overwriting or choose another name");
        }
    }

    private void move(Path from, Path to) {
        refuseNewcomer(to);
        try {
            try {
                Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new StreamException(to + ": cannot give the finished file its name: " + reason(e), e);
        }
    }

    private static String partialName(String name) {
        int dot = name.lastIndexOf('.');
        String extension = dot > 0 ? name.substring(dot) : "";
        String random = String.format("%06x", ThreadLocalRandom.current().nextInt(1 << 24));
        return "." + (dot > 0 ? name.substring(0, dot) : name) + ".partial-" + random + extension;
    }

    private static Path frame(Path pattern, long number) {
        try {
            return pattern.resolveSibling(String.format(pattern.getFileName().toString(), number));
        } catch (IllegalFormatException e) {
            throw new StreamException(
                    pattern + ": not a pattern for numbered pictures; write one %d or %05d, and %% for a percent sign",
                    e);
        }
    }

    private static boolean isSame(Path output, String input) {
        try {
            return Files.exists(output) && Container.scheme(input) == null && Files.isSameFile(output, path(input));
        } catch (IOException e) {
            return false;
        }
    }

    private static Path path(String location) {
        try {
            return Path.of(location.startsWith("file:") ? location.substring("file:".length()) : location);
        } catch (InvalidPathException e) {
            throw new StreamException(location + ": not a valid file name: " + e.getReason(), e);
        }
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NoSuchFileException) {
            return "no such file";
        }
        String reason = e instanceof FileSystemException named ? named.getReason() : null;
        return reason != null ? reason : String.valueOf(e.getMessage());
    }
}
