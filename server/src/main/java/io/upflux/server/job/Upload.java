package io.upflux.server.job;

import io.upflux.server.job.JobRefusal.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** A file that is being sent, on its way to the disk. When it does not arrive whole, nothing of it stays. */
final class Upload {
    private static final int WAITING_PIECES = 16;

    /** Between two looks at the disk. */
    private static final long STRIDE = 16L << 20;

    private final JobFolder folder;
    private final FileChannel channel;
    private final DiskSpace disk;
    private final long limit;
    private long bytes;
    private long looked;

    private Upload(JobFolder folder, FileChannel channel, DiskSpace disk, long limit) {
        this.folder = folder;
        this.channel = channel;
        this.disk = disk;
        this.limit = limit;
    }

    /**
     * Writes pieces into the folder of a job, which is there when this completes.
     *
     * @param limit most bytes
     * @return fails with a {@link JobRefusal} when there are more, or none, or the disk gets full
     */
    static Mono<Void> receive(Flux<byte[]> pieces, JobFolder folder, DiskSpace disk, long limit) {
        return Mono.usingWhen(
                waiting(() -> begin(folder, disk, limit)),
                upload -> pieces.publishOn(Schedulers.boundedElastic(), WAITING_PIECES)
                        .doOnNext(upload::write)
                        .then(Mono.<Void>fromRunnable(upload::requireSome)),
                upload -> waiting(upload::commit),
                (upload, failure) -> waiting(upload::discard),
                upload -> waiting(upload::discard));
    }

    /** The refusal of what is too large. */
    static JobRefusal tooLarge(long limit) {
        return new JobRefusal(Reason.TOO_LARGE, "an upload may have up to " + limit + " bytes (jobs.uploadLimit)");
    }

    private static Upload begin(JobFolder folder, DiskSpace disk, long limit) throws IOException {
        FileChannel channel = FileChannel.open(folder.begin(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        return new Upload(folder, channel, disk, limit);
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
                channel.write(buffer);
            }
        } catch (IOException e) {
            throw new JobRefusal(Reason.NO_SPACE, "the upload cannot be written: " + e.getMessage());
        }
    }

    private void requireSome() {
        if (bytes == 0) {
            throw new JobRefusal(Reason.EMPTY, "the body is empty; send the file as the body of the request");
        }
    }

    private Upload commit() throws IOException {
        channel.force(true);
        channel.close();
        folder.commit();
        return this;
    }

    private Upload discard() throws IOException {
        channel.close();
        folder.discard();
        return this;
    }

    /** What looks at the disk, on a thread that may wait. */
    private static <T> Mono<T> waiting(Callable<T> work) {
        return Mono.fromCallable(work)
                .onErrorMap(IOException.class, UncheckedIOException::new)
                .subscribeOn(Schedulers.boundedElastic());
    }
}
