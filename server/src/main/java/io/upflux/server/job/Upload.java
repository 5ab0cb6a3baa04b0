package io.upflux.server.job;

import io.upflux.server.job.JobRefusal.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** A file that is being sent, on its way to the disk. When it does not arrive whole, nothing of it stays. */
final class Upload {
    private static final Logger LOG = LoggerFactory.getLogger(Upload.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int WAITING_PIECES = 16;

    /** Between two looks at the disk. */
    private static final long STRIDE = 16L << 20;

    private final JobFolder folder;
    private final DiskSpace disk;
    private final long limit;
    private long bytes;
    private long looked;
    private @Nullable FileChannel channel;
    private boolean whole;
    private boolean over;

    private Upload(JobFolder folder, DiskSpace disk, long limit) {
        this.folder = folder;
        this.disk = disk;
        this.limit = limit;
    }

    /**
     * Writes pieces into the folder of a job, and gives that its name when all have come.
     *
     * @param limit most bytes
     * @param added makes the job, whose folder is there; who leaves once all have come does not stop it
     * @return fails with a {@link JobRefusal} when there are more, or none, they stay away, or cannot be written
     */
    static <T> Mono<T> receive(Flux<byte[]> pieces, JobFolder folder, DiskSpace disk, long limit, Mono<T> added) {
        return Mono.usingWhen(
                Mono.fromSupplier(() -> new Upload(folder, disk, limit)),
                upload -> waiting(upload::begin)
                        .thenMany(pieces.timeout(PATIENCE, Mono.error(Upload::stalled)))
                        .publishOn(Schedulers.boundedElastic(), WAITING_PIECES)
                        .doOnNext(upload::write)
                        .then(Mono.fromRunnable(upload::requireSome))
                        .then(Mono.defer(
                                () -> Mono.fromFuture(upload.keep(added).toFuture(), true))),
                upload -> Mono.empty(),
                (upload, failure) -> waiting(upload::discard),
                upload -> waiting(upload::discard));
    }

    /** The refusal of what is too large. */
    static JobRefusal tooLarge(long limit) {
        return new JobRefusal(Reason.TOO_LARGE, "an upload may have up to " + limit + " bytes (jobs.uploadLimit)");
    }

    private synchronized Upload begin() throws IOException {
        if (over) {
            throw new ClosedChannelException();
        }
        channel = FileChannel.open(folder.begin(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        return this;
    }

    private void write(byte[] piece) {
        bytes += piece.length;
        if (bytes > limit) {
            throw tooLarge(limit);
        }
        if (bytes - looked > STRIDE) {
            looked = bytes;
            disk.require(0);
        }
        try {
            ByteBuffer buffer = ByteBuffer.wrap(piece);
            while (buffer.hasRemaining()) {
                opened().write(buffer);
            }
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private void requireSome() {
        if (bytes == 0) {
            throw new JobRefusal(Reason.EMPTY, "the body is empty; send the file as the body of the request");
        }
    }

    private <T> Mono<T> keep(Mono<T> added) {
        return waiting(this::commit)
                .then(added.onErrorResume(failure -> waiting(this::takeBack).then(Mono.error(failure))));
    }

    private synchronized Upload commit() throws IOException {
        opened().force(true);
        opened().close();
        folder.commit();
        whole = true;
        return this;
    }

    private Upload takeBack() throws IOException {
        folder.remove();
        return this;
    }

    /** What another thread has yet to do for it fails from now on. */
    private synchronized Upload discard() throws IOException {
        over = true;
        if (channel != null) {
            channel.close();
        }
        if (!whole) {
            folder.discard();
        }
        return this;
    }

    private FileChannel opened() {
        return Objects.requireNonNull(channel, "not begun");
    }

    /** What looks at the disk, on a thread that may wait. */
    private static <T> Mono<T> waiting(Callable<T> work) {
        return Mono.fromCallable(work)
                .onErrorMap(IOException.class, Upload::unwritable)
                .subscribeOn(Schedulers.boundedElastic());
    }

    private static JobRefusal stalled() {
        return new JobRefusal(Reason.LATE, "nothing of the upload came for " + PATIENCE.toSeconds() + " s");
    }

    /** Where things lie on this machine is for the log only. */
    private static JobRefusal unwritable(IOException failure) {
        // What is closed on the way was given up by whoever sent it, which also interrupts the thread that writes.
        if (!(failure instanceof ClosedChannelException)) {
            LOG.warn("an upload cannot be written: {}", failure.toString());
        }
        return new JobRefusal(Reason.NO_SPACE, "the upload cannot be written; the server's log says why");
    }
}
