package io.upflux.server.segment;

import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder beside an output that holds what is finished of it: {@code .NAME.upflux}. One process at a time: it is
 * locked from opening to closing, and the lock ends with the process, however that ends.
 */
public final class WorkFolder implements AutoCloseable {
    private static final String LOCK = "lock";
    static final String JOURNAL = "journal.jsonl";

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
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectory(folder);
                force(parent);
            }
            FileChannel channel =
                    FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = lock(channel);
            // A lock on a file that its owner has just removed keeps nobody out.
            if (lock == null || !Files.exists(folder.resolve(LOCK))) {
                channel.close();
                throw new StreamException(output + ": another process is writing it (it holds " + folder.resolve(LOCK)
                        + "); wait for its end or choose another output");
            }
            return new WorkFolder(output, folder, channel, lock);
        } catch (IOException e) {
            throw new StreamException(output + ": cannot write here: " + reason(e), e);
        }
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
        return folder.resolve("whole-" + output.getFileName());
    }

    Path path() {
        return folder;
    }

    /** Removes everything but the lock. */
    void clear() {
        try {
            // The journal first: without it the rest is nothing.
            Files.deleteIfExists(journal());
            removeWork();
        } catch (IOException e) {
            throw new StreamException(folder + ": cannot be cleared: " + reason(e), e);
        }
    }

    /** Removes everything; to be closed afterwards all the same. */
    void remove() {
        try {
            removeWork();
            // After the rest: it says that the output is whole, should this be interrupted.
            Files.deleteIfExists(journal());
            Files.deleteIfExists(folder.resolve(LOCK));
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            throw new StreamException(folder + ": cannot be removed: " + reason(e), e);
        }
    }

    @Override
    public void close() {
        try (channel;
                lock) {
            if (Files.isDirectory(folder) && !Files.exists(journal())) {
                // Nothing was begun here. While it is locked: afterwards it may be another process's.
                remove();
            }
        } catch (IOException e) {
            throw new StreamException(folder + ": cannot be closed: " + reason(e), e);
        }
    }

    private void removeWork() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                if (!file.endsWith(LOCK) && !file.endsWith(JOURNAL)) {
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

    static String reason(IOException e) {
        return e instanceof AccessDeniedException ? "permission denied" : String.valueOf(e.getMessage());
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException thisProcess) {
            return null;
        }
    }
}
