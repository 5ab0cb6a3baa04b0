package io.upflux.cluster;

import io.upflux.pipeline.StreamException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options.CreateFileOptionKeys;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;

/** Hadoop's file systems as they are used here. */
final class Stores {
    private static final String LOCAL = "file";

    private Stores() {}

    /** @throws StreamException when there is no such file system, or it does not answer */
    static FileSystem of(Path path, Configuration configuration) {
        try {
            FileSystem store = path.getFileSystem(configuration);
            // Or a hidden file of check sums would stay beside every output, and no name could have a colon.
            return store instanceof LocalFileSystem local ? local.getRawFileSystem() : store;
        } catch (IOException e) {
            throw failure(path, e);
        }
    }

    /** With scheme and authority. */
    static Path qualified(String path, Configuration configuration) {
        try {
            Path given = new Path(path);
            return of(given, configuration).makeQualified(given);
        } catch (IllegalArgumentException e) {
            throw new StreamException(path + ": is no path: " + e.getMessage(), e);
        }
    }

    /** A place in a folder. Colons in it are of its name; {@link Path} by itself would take them for the end of a scheme. */
    static Path child(Path folder, String name) {
        return new Path(folder, new Path(null, null, name));
    }

    static boolean isLocal(Path qualified) {
        return LOCAL.equals(qualified.toUri().getScheme());
    }

    /** What decoders call a file: local ones they read themselves, the others through {@link HadoopStorage}. */
    static String location(Path qualified) {
        return isLocal(qualified) ? qualified.toUri().getPath() : qualified.toString();
    }

    /** Of what somebody named; as it is when it is no path. */
    static String location(String path) {
        try {
            return location(new Path(path));
        } catch (IllegalArgumentException e) {
            return path;
        }
    }

    /** Writes a file that appears whole, in place of what is there. */
    static void write(FileSystem store, Path file, byte[] content) throws IOException {
        if (store.hasPathCapability(file, CreateFileOptionKeys.FS_OPTION_CREATE_IN_CLOSE)) {
            // As in object stores, where renaming is copying and replaces nothing.
            put(store, file, true, out -> out.write(content));
            return;
        }
        Path partial = child(file.getParent(), file.getName() + "." + Attempt.name() + ".partial");
        try {
            put(store, partial, false, out -> out.write(content));
            if (!store.rename(partial, file)) {
                store.delete(file, false);
                if (!store.rename(partial, file)) {
                    throw new IOException("cannot be renamed from " + partial.getName());
                }
            }
        } finally {
            store.delete(partial, false);
        }
    }

    /** What a file is filled with. */
    interface Content {
        void to(OutputStream out) throws IOException;
    }

    static void put(FileSystem store, Path file, boolean overwrite, Content content) throws IOException {
        try (OutputStream out = store.create(file, overwrite)) {
            content.to(out);
        } catch (FSError full) {
            // So Hadoop says what its local disk says.
            throw new IOException(reason(full), full);
        }
    }

    static StreamException failure(Path path, IOException e) {
        return new StreamException(location(path) + ": " + reason(e), e);
    }

    private static String reason(FSError e) {
        return e.getCause() instanceof IOException said ? reason(said) : e.toString();
    }

    /** In one line. */
    static String reason(IOException e) {
        if (e instanceof FileNotFoundException
                && !String.valueOf(e.getMessage()).contains("ermission")) {
            return "no such file";
        }
        if (e instanceof AccessControlException
                || e instanceof AccessDeniedException
                || String.valueOf(e.getMessage()).contains("ermission denied")) {
            return "permission denied";
        }
        return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
    }
}
