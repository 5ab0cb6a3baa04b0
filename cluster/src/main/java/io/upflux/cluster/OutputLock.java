package io.upflux.cluster;

import io.upflux.pipeline.StreamException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options.CreateFileOptionKeys;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIOException;
import org.apache.hadoop.hdfs.protocol.AlreadyBeingCreatedException;
import org.apache.hadoop.ipc.RemoteException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One job at a time writes into a folder: it holds {@code .upflux.lock} there and writes it again and again. When the driver is
 * killed, that ends, and the next one takes the lock over a little later; one that only stood still finds it so and gives up. Of
 * two that create it at once, local disks, HDFS and stores with conditional writes, S3 among them, let one.
 */
final class OutputLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OutputLock.class);
    private static final Duration RENEWED = Duration.ofSeconds(10);

    /** Times renewing, after which a silent lock is nobody's. */
    private static final int PATIENCE = 3;

    private static final String WRITING = "another job is writing here";

    private final FileSystem store;
    private final Path file;
    private final String owner;
    private final Thread holder = Thread.currentThread();
    private final ScheduledExecutorService clock;

    private OutputLock(FileSystem store, Path file, String owner, Duration renewed) {
        this.store = store;
        this.file = file;
        this.owner = owner;
        clock = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "upflux-lock");
            thread.setDaemon(true);
            return thread;
        });
        clock.scheduleAtFixedRate(this::renew, renewed.toMillis(), renewed.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Makes the folder where there is none, and takes its lock; waits for a lock that may be a killed driver's.
     * The calling thread is interrupted when another job has taken the lock over.
     *
     * @param owner for messages to others
     * @throws StreamException when another job holds it, or the folder cannot be written
     */
    static OutputLock take(Path folder, String owner, Configuration configuration) {
        return take(folder, owner, configuration, RENEWED);
    }

    /** @param renewed how often; the same for all who write there */
    static OutputLock take(Path folder, String owner, Configuration configuration, Duration renewed) {
        FileSystem store = Stores.of(folder, configuration);
        Path file = new Path(folder, ".upflux.lock");
        String line = owner + " " + Attempt.name();
        try {
            store.mkdirs(folder);
            if (!create(store, file, line)) {
                awaitSilence(store, file, folder, renewed);
                store.delete(file, false);
                if (!create(store, file, line)) {
                    throw held(file, read(store, file), WRITING);
                }
                // Whoever waited, too, may have deleted this one.
                pause(folder, renewed);
            }
            if (!read(store, file).equals(line)) {
                throw held(file, read(store, file), WRITING);
            }
        } catch (IOException e) {
            throw new StreamException(Stores.location(folder) + ": cannot write here: " + Stores.reason(e), e);
        }
        return new OutputLock(store, file, line, renewed);
    }

    /** Returns when the holder has not written for a while. */
    private static void awaitSilence(FileSystem store, Path file, Path folder, Duration renewed) throws IOException {
        try {
            long written = store.getFileStatus(file).getModificationTime();
            // By differences of the store's own times, so that clocks need not agree.
            for (int waited = 0; waited < 2 * PATIENCE; waited++) {
                pause(folder, renewed);
                if (store.getFileStatus(file).getModificationTime() != written) {
                    throw held(file, read(store, file), WRITING);
                }
            }
        } catch (FileNotFoundException released) {
            // Then it is free.
        }
    }

    /** For half of the time after which a lock is written again. */
    private static void pause(Path folder, Duration renewed) {
        try {
            TimeUnit.MILLISECONDS.sleep(renewed.toMillis() / 2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StreamException(Stores.location(folder) + ": interrupted", e);
        }
    }

    private static boolean create(FileSystem store, Path file, String line) throws IOException {
        try (OutputStream out = fresh(store, file)) {
            out.write(line.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            if (isTaken(e) && store.exists(file)) {
                return false;
            }
            throw e;
        }
        return true;
    }

    private static boolean isTaken(IOException e) {
        Exception said = e instanceof RemoteException remote
                ? remote.unwrapRemoteException(AlreadyBeingCreatedException.class)
                : e;
        return said instanceof FileAlreadyExistsException
                || said instanceof java.nio.file.FileAlreadyExistsException
                || said instanceof AlreadyBeingCreatedException
                || said instanceof PathIOException;
    }

    /** Fails here or when it is closed, if there is such a file. */
    private static OutputStream fresh(FileSystem store, Path file) throws IOException {
        if (Stores.isLocal(file)) {
            // Hadoop looks first and creates then.
            return Files.newOutputStream(
                    java.nio.file.Path.of(Stores.location(file)),
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE);
        }
        String conditional = CreateFileOptionKeys.FS_OPTION_CREATE_CONDITIONAL_OVERWRITE;
        FSDataOutputStreamBuilder<?, ?> builder = store.createFile(file);
        builder.overwrite(false);
        builder.opt(conditional, store.hasPathCapability(file, conditional));
        return builder.build();
    }

    private static String read(FileSystem store, Path file) throws IOException {
        try (var in = store.open(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static StreamException held(Path file, String line, String what) {
        return new StreamException(Stores.location(file.getParent()) + ": " + what + " ("
                + line.replaceFirst(" \\S+$", "") + " holds " + Stores.location(file)
                + "); wait for its end or choose another output");
    }

    /**
     * Before anything that another job here could not bear.
     *
     * @throws StreamException when another job has taken the lock over, or nobody can tell
     */
    synchronized void requireHeld() {
        try {
            check();
        } catch (IOException e) {
            throw Stores.failure(file, e);
        }
    }

    /** A lock that is gone, or empty since the disk was full, is nobody else's. */
    private void check() throws IOException {
        String line;
        try {
            line = read(store, file);
        } catch (FileNotFoundException gone) {
            return;
        }
        if (!line.isEmpty() && !line.equals(owner)) {
            throw held(file, line, "another job has taken over, since this one stood still too long");
        }
    }

    private synchronized void renew() {
        if (clock.isShutdown()) {
            return;
        }
        try {
            check();
            // Never gone meanwhile, as it would be with a file that takes its place.
            Stores.put(store, file, true, out -> out.write(owner.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            LOG.warn("{}: cannot be renewed: {}", file, Stores.reason(e));
        } catch (StreamException takenOver) {
            clock.shutdown();
            holder.interrupt();
        }
    }

    /** @throws StreamException when another job has taken the lock over, which stays that one's */
    @Override
    public synchronized void close() {
        clock.shutdown();
        try {
            check();
            store.delete(file, false);
        } catch (IOException e) {
            LOG.warn("{}: cannot be removed: {}", file, Stores.reason(e));
        }
    }
}
