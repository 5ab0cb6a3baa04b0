package io.upflux.server.segment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/** What an earlier run of a job has left in its folder. */
final class EarlierRun {
    private final SegmentedJob.Order order;
    private final JobOptions options;
    private final Path output;
    private final List<Segment> plan;
    private final WorkFolder folder;
    private final FinishedSegments finished;
    private final Notices notices;

    /** @param finished gets the segments that are there and intact */
    EarlierRun(
            SegmentedJob.Order order,
            List<Segment> plan,
            WorkFolder folder,
            FinishedSegments finished,
            Notices notices) {
        this.order = order;
        this.options = order.options();
        this.output = Path.of(options.output());
        this.plan = plan;
        this.folder = folder;
        this.finished = finished;
        this.notices = notices;
    }

    /**
     * Settles what to do with what is there: leaves what can be continued, and clears the folder of all else.
     *
     * @param header of the job that is to be done
     * @param progress told of each segment that was looked at
     * @return whether all was done but tidying up
     * @throws StreamException when the order does not allow to go on, or to begin anew
     */
    boolean settle(ObjectNode header, Runnable progress) {
        if (!order.resume() || !Files.exists(folder.journal())) {
            if (Files.exists(folder.journal()) && !options.encoding().overwrite()) {
                throw new StreamException(SegmentedJob.unfinished(output));
            }
            folder.clear();
            return false;
        }
        Journal.Contents contents = Journal.read(folder.journal());
        if (contents.header().isEmpty()) {
            notices.info(folder.journal() + ": its first line is damaged; everything is computed again");
            folder.clear();
            return false;
        }
        List<String> differences = JobHeader.differences(contents.header(), header);
        if (!differences.isEmpty()) {
            String reason = output + ": cannot be resumed, since this is another job than the one begun: "
                    + String.join("; ", differences);
            if (!options.encoding().overwrite()) {
                throw new StreamException(reason + "; --overwrite starts anew");
            }
            notices.info(reason + "; it is begun anew");
            folder.clear();
            return false;
        }
        if (contents.unreadable() > 0) {
            notices.info(folder.journal() + ": " + contents.unreadable()
                    + " unreadable line(s); what they spoke of is computed again");
        }
        boolean published = contents.wholeBytes() >= 0
                && WorkFolder.holds(output, contents.wholeBytes())
                && !Files.exists(folder.whole());
        if (Files.exists(output, LinkOption.NOFOLLOW_LINKS)
                && !published
                && !options.encoding().overwrite()) {
            throw new StreamException(output + ": exists already; --overwrite replaces it");
        }
        folder.tidyUp();
        for (SegmentResult result : contents.segments().values()) {
            if (result.segment() < plan.size() && (published || isIntact(result))) {
                finished.add(result);
                result.warnings().forEach(notices::warning);
            }
            progress.run();
        }
        return published;
    }

    private boolean isIntact(SegmentResult result) {
        Path file = folder.segment(result.segment());
        try {
            if (WorkFolder.holds(file, result.bytes()) && Sha256.of(file).equals(result.sha256())) {
                return true;
            }
        } catch (IOException unreadable) {
            // As good as damaged.
        }
        notices.info(file + ": is " + (Files.exists(file) ? "damaged" : "gone") + " and computed again");
        return false;
    }
}
