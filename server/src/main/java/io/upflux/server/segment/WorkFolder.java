package io.upflux.server.segment;

import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder beside an output that holds what is finished of it: {@code .NAME.upflux}. One process at a time: it is
 * locked from opening to closing, and the lock ends with the process, however that ends.
 */
public final class WorkFolder implements AutoCloseable {
    private static final String LOCK = "lock";
    private static final PathMatcher NOTHING = name -> false;
    private static final PathMatcher SEGMENT = name -> name.toString().contains(".packets");
    static final String JOURNAL = "journal.jsonl";

    /**
     * Folders that this process works in: the system's locks hold between processes only, and closing any channel of a
     * file gives up the locks that others of the same process hold on it.
     */
    private static final Set<Path> IN_USE = ConcurrentHashMap.newKeySet();

    private final Path output;
    private final Path folder;
    private final FileChannel channel;
    private final FileLock lock;

    private WorkFolder(Path output, Path folder, FileChannel channel, FileLock lock) {
        this.output = output;
        this.folder = folder;
        this.channel = channel;
        this.lock = lock;
    }

    /** Where the work on an output lies. */
    public static Path of(Path output) {
        return output.toAbsolutePath().resolveSibling("." + output.getFileName() + ".upflux");
    }

    /** Whether an earlier run has left something that can be continued. */
    public static boolean holdsWork(Path output) {
        return Files.exists(of(output).resolve(JOURNAL), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Makes the folder where there is none, and locks it.
     *
     * @throws StreamException when it cannot be made, or another process works in it
     */
    static WorkFolder open(Path output) {
        Path folder = of(output);
        Path parent = folder.getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw new StreamException(output + ": the folder " + parent + " does not exist");
        }
        if (!IN_USE.add(folder)) {
            throw inUse(output, folder);
        }
        try {
            return lock(output, folder);
        } catch (IOException e) {
            IN_USE.remove(folder);
            throw new StreamException(output + ": cannot write here: " + reason(e), e);
        } catch (RuntimeException e) {
            IN_USE.remove(folder);
            throw e;
        }
    }

    private static WorkFolder lock(Path output, Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectory(folder);
            force(folder.getParent());
        }
        FileChannel channel =
                FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            // A lock on a file that its owner has just removed keeps nobody out.
            if (lock == null || !Files.exists(folder.resolve(LOCK))) {
                throw inUse(output, folder);
            }
            return new WorkFolder(output, folder, channel, lock);
        } catch (OverlappingFileLockException thisProcess) {
            channel.close();
            throw inUse(output, folder);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static StreamException inUse(Path output, Path folder) {
        return new StreamException(output + ": another process is writing it (it holds " + folder.resolve(LOCK)
                + "); wait for its end or choose another output");
    }

    /**
     * Removes what an earlier run has left.
     *
     * @throws StreamException when another process works on it, or it cannot be removed
     */
    public static void discard(Path output) {
        try (WorkFolder folder = open(output)) {
            folder.remove();
        }
    }

    Path journal() {
        return folder.resolve(JOURNAL);
    }

    /** The file of a finished segment. */
    Path segment(int index) {
        return folder.resolve(String.format("%06d.packets", index));
    }

    /** The whole output, until it has been checked; named so that its extension says the same. */
    Path whole() {
        String name = String.valueOf(output.getFileName());
        return folder.resolve("whole" + name.substring(Math.max(0, name.lastIndexOf('.'))));
    }

    Path path() {
        return folder;
    }

    /** Removes outputs that a killed run has left half-written; segments are written under the same names again. */
    void tidyUp() {
        try {
            removeWork(SEGMENT);
        } catch (IOException e) {
            throw new StreamException(folder + ": cannot be tidied up: " + reason(e), e);
        }
    }

    /** Removes everything but the lock. */
    void clear() {
        try {
            // The journal first: without it the rest is nothing.
            Files.deleteIfExists(journal());
            removeWork(NOTHING);
        } catch (IOException e) {
            throw new StreamException(folder + ": cannot be cleared: " + reason(e), e);
        }
    }

    /** Removes everything; closing removes the folder itself. */
    void remove() {
        try {
            removeWork(NOTHING);
            // After the rest: it says that the output is whole, should this be interrupted.
            Files.deleteIfExists(journal());
        } catch (IOException e) {
            throw new StreamException(folder + ": cannot be removed: " + reason(e), e);
        }
    }

    @Override
    public void close() {
        boolean nothingLeft = !Files.exists(journal());
        try (channel;
                lock) {
            if (nothingLeft) {
                removeWork(NOTHING);
                // While it is locked: afterwards it may be another process's.
                Files.deleteIfExists(folder.resolve(LOCK));
            }
        } catch (IOException e) {
            throw new StreamException(folder + ": cannot be closed: " + reason(e), e);
        } finally {
            IN_USE.remove(folder);
        }
        if (nothingLeft) {
            try {
                // Where open files keep their names until they are closed, only now.
                Files.deleteIfExists(folder);
            } catch (IOException inUse) {
                // By another process, which has begun meanwhile; an empty folder harms nobody either.
            }
        }
    }

    private void removeWork(PathMatcher kept) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                boolean work = !file.endsWith(LOCK) && !file.endsWith(JOURNAL);
                if (work && !kept.matches(file.getFileName())) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** Makes the names in a folder survive a power failure, where the system can. */
    static void force(@Nullable Path folder) {
        if (folder == null) {
            return;
        }
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
            names.force(true);
        } catch (IOException notHere) {
            // Some systems open no folders; there the names are safe or there is no way to make them so.
        }
    }

    public static String reason(IOException e) {
        if (e instanceof FileAlreadyExistsException) {
            return "a file lies in its place";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NoSuchFileException) {
            return "no such file";
        }
        String reason = e instanceof FileSystemException named ? named.getReason() : null;
        return reason != null ? reason : String.valueOf(e.getMessage());
    }

    /** Whether there is a file of that size. */
    static boolean holds(Path file, long bytes) {
        try {
            return Files.isRegularFile(file) && Files.size(file) == bytes;
        } catch (IOException e) {
            return false;
        }
    }
}
