package io.upflux.server.job;

import io.upflux.server.job.JobRefusal.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Keeps some of a disk free.
 *
 * @param least bytes that must stay
 */
record DiskSpace(Path folder, long least) {
    /**
     * Asks for room.
     *
     * @param bytes that are to come, 0 when unknown
     * @throws JobRefusal when less than the least would stay
     */
    void require(long bytes) {
        long free;
        try {
            free = Files.getFileStore(folder).getUsableSpace();
        } catch (IOException e) {
            throw new JobRefusal(Reason.NO_SPACE, "the folder of the jobs cannot be examined: " + e.getMessage());
        }
        if (free - bytes < least) {
            throw new JobRefusal(
                    Reason.NO_SPACE,
                    "the disk of the jobs has " + free / 1_000_000 + " MB free, and " + least / 1_000_000
                            + " MB must stay so (jobs.minFree); delete jobs that are not needed any more");
        }
    }
}
