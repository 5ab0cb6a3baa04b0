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
 * killed, that ends, and the next one takes the lock over a little later. Of two that create it at once, local disks, HDFS and
 * stores with conditional writes, S3 among them, let one.
 */
final class OutputLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OutputLock.class);
    private static final Duration RENEWED = Duration.ofSeconds(10);

    /** Times renewing, after which a silent lock is nobody's. */
    private static final int PATIENCE = 3;

    private final FileSystem store;
    private final Path file;
    private final String owner;
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
                    throw held(store, file, folder);
                }
                // Whoever waited, too, may have deleted this one.
                pause(folder, renewed);
            }
            if (!read(store, file).equals(line)) {
                throw held(store, file, folder);
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
                    throw held(store, file, folder);
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

    private static StreamException held(FileSystem store, Path file, Path folder) throws IOException {
        return new StreamException(Stores.location(folder) + ": another job is writing here ("
                + read(store, file).replaceFirst(" \\S+$", "") + " holds " + Stores.location(file)
                + "); wait for its end or choose another output");
    }

    private void renew() {
        try {
            // Never gone meanwhile, as it would be with a file that takes its place.
            Stores.put(store, file, true, out -> out.write(owner.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            LOG.warn("{}: cannot be renewed: {}", file, Stores.reason(e));
        }
    }

    @Override
    public void close() {
        clock.shutdown();
        try {
            // Or it might be written again.
            clock.awaitTermination(1, TimeUnit.MINUTES);
            store.delete(file, false);
        } catch (IOException e) {
            LOG.warn("{}: cannot be removed: {}", file, Stores.reason(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
