package io.upflux.cluster;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.util.Progressable;

/** The local disk under {@code stored:}, like a store that FFmpeg does not reach; fails by name, as disks and stores do. */
public final class StoredFiles extends RawLocalFileSystem {
    /** How many outputs named {@code unlucky} fail to get their name. */
    static final AtomicInteger UNLUCKY = new AtomicInteger();

    /** Opens, and has no space for a byte. */
    private static final Path FULL = new Path("/dev/full");

    /** Made by Hadoop. */
    public StoredFiles() {}

    @Override
    public URI getUri() {
        return URI.create("stored:///");
    }

    @Override
    public void initialize(URI uri, Configuration configuration) throws IOException {
        super.initialize(uri, configuration);
        setConf(configuration);
    }

    @Override
    public String getScheme() {
        return "stored";
    }

    @Override
    public FSDataInputStream open(Path file, int bufferSize) throws IOException {
        if (file.getName().contains("secret") || file.getParent().getName().startsWith(".guarded")) {
            throw new AccessControlException("Permission denied: user=somebody, access=READ");
        }
        if (file.getParent().getName().startsWith(".overtaken")
                && file.getName().endsWith(".packets")) {
            Path lock = new Path(file.getParent().getParent(), ".upflux.lock");
            Files.writeString(java.nio.file.Path.of(lock.toUri().getPath()), "the other job x");
        }
        return super.open(file, bufferSize);
    }

    @Override
    public FSDataOutputStream create(
            Path file,
            FsPermission permission,
            boolean overwrite,
            int bufferSize,
            short replication,
            long blockSize,
            Progressable progress)
            throws IOException {
        return isFull(file)
                ? create(file, overwrite, bufferSize, replication, blockSize, progress)
                : super.create(file, permission, overwrite, bufferSize, replication, blockSize, progress);
    }

    @Override
    public FSDataOutputStream create(
            Path file, boolean overwrite, int bufferSize, short replication, long blockSize, Progressable progress)
            throws IOException {
        return isFull(file)
                ? super.create(FULL, true, bufferSize, replication, blockSize, progress)
                : super.create(file, overwrite, bufferSize, replication, blockSize, progress);
    }

    private static boolean isFull(Path file) {
        return file.toString().contains("full") && file.getName().endsWith(".packets");
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
        if (to.getName().startsWith("unlucky") && UNLUCKY.getAndDecrement() > 0) {
            throw new IOException("the store is away");
        }
        return super.rename(from, to);
    }

    @Override
    public FileStatus getFileStatus(Path file) throws IOException {
        return ours(super.getFileStatus(file));
    }

    @Override
    public FileStatus[] listStatus(Path folder) throws IOException {
        return Arrays.stream(super.listStatus(folder)).map(this::ours).toArray(FileStatus[]::new);
    }

    /** Of this scheme, not of files. */
    private FileStatus ours(FileStatus status) {
        return new FileStatus(
                status.getLen(),
                status.isDirectory(),
                1,
                status.getBlockSize(),
                status.getModificationTime(),
                makeQualified(status.getPath()));
    }
}
