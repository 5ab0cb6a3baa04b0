package io.upflux.server.cli;

import io.upflux.codecs.InputOptions;
import io.upflux.codecs.MediaNames;
import io.upflux.codecs.MediaSource;
import io.upflux.codecs.MediaTimes;
import io.upflux.codecs.OutputOptions;
import io.upflux.models.ModelCard;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import io.upflux.server.segment.JobOptions;
import io.upflux.server.segment.Segment;
import io.upflux.server.segment.SegmentPlan;
import io.upflux.server.segment.SegmentedJob;
import io.upflux.server.segment.SegmentedJob.Order;
import io.upflux.server.segment.WorkFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;

/** Which tasks are worked on in segments, and with what: a file into a file, seekable, longer than a segment. */
final class SegmentedUpscale {
    private final ModelOptions models;
    private final UpscaleOptions options;
    private final SegmentOptions segments;
    private final OutputOptions encoding;

    SegmentedUpscale(ModelOptions models, UpscaleOptions options, SegmentOptions segments, OutputOptions encoding) {
        this.models = models;
        this.options = options;
        this.segments = segments;
        this.encoding = encoding;
    }

    /**
     * An order, when the task is one for segments.
     *
     * @param progress told while the input is read through
     */
    Optional<Order> order(
            UpscaleTask task, InputOptions reading, ToIntFunction<MediaSource> height, Cards cards, Runnable progress) {
        if (!isFileIntoVideo(task)) {
            return Optional.empty();
        }
        ModelCard card;
        try (MediaSource source = MediaSource.open(task.input(), reading, Notices.none())) {
            long frames = source.estimatedFrames();
            double rate = source.format().frameRate().toDouble();
            boolean surelyShort = frames == 1 || (frames > 0 && rate > 0 && frames < rate * segments.seconds());
            if (surelyShort) {
                return Optional.empty();
            }
            card = cards.of(height.applyAsInt(source));
        }
        MediaTimes times = MediaTimes.read(task.input(), reading, progress);
        List<Segment> plan = SegmentedJob.plan(times, segments.seconds());
        if (plan.size() == 1) {
            return Optional.empty();
        }
        return Optional.of(new Order(
                options(task, reading, card, SegmentPlan.longest(plan)),
                card,
                times,
                segments.seconds(),
                segments.jobs(),
                segments.resume(),
                Version.number()));
    }

    /** Which model is for pictures of a height. */
    interface Cards {
        ModelCard of(int shownHeight);
    }

    /** Whether an earlier run on this output can be continued, and shall be. */
    boolean resumes(UpscaleTask task) {
        return segments.resume() && holdsWork(task);
    }

    /** Whether an earlier run on several inputs has finished this one, as far as an output under its name tells. */
    boolean isDone(UpscaleTask task) {
        return segments.resume()
                && !encoding.overwrite()
                && UpscaleTask.isPath(task.output())
                && Files.isRegularFile(Path.of(task.output()))
                && !holdsWork(task);
    }

    /**
     * Lets nothing begin over what an earlier run left.
     *
     * @throws StreamException when there is something, and no word of what to do with it
     */
    void check(UpscaleTask task) {
        if (holdsWork(task) && !segments.resume() && !encoding.overwrite()) {
            throw new StreamException(SegmentedJob.unfinished(Path.of(task.output())));
        }
    }

    /** A task that is not for segments, after all: there must be no segments left of it. */
    void giveUp(UpscaleTask task) {
        if (!holdsWork(task)) {
            return;
        }
        Path output = Path.of(task.output());
        if (!encoding.overwrite()) {
            throw new StreamException(output + ": cannot be resumed, since this run would not cut it into segments as"
                    + " the one before did; --overwrite starts anew");
        }
        WorkFolder.discard(output);
    }

    static boolean holdsWork(UpscaleTask task) {
        return UpscaleTask.isPath(task.output()) && WorkFolder.holdsWork(Path.of(task.output()));
    }

    /** A sequence is neither, and a pipe or a device cannot be read twice or written at once. */
    static boolean isFileIntoVideo(UpscaleTask task) {
        return UpscaleTask.isPath(task.input())
                && UpscaleTask.isPath(task.output())
                && Files.isRegularFile(Path.of(task.input()))
                && !UpscaleTask.isSequence(task.output())
                && !MediaNames.isPicture(task.output())
                && (!Files.exists(Path.of(task.output())) || Files.isRegularFile(Path.of(task.output())));
    }

    private JobOptions options(UpscaleTask task, InputOptions reading, ModelCard card, long longest) {
        int threads = threads(task);
        return new JobOptions(
                task.input(),
                segments.jobs() == 1 ? reading : reading.withThreads(threads),
                task.output(),
                encoding.withThreads(threads),
                card.source().endsWith(".onnx") ? card.source() : card.name(),
                models.device(),
                threads,
                models.halting(),
                options.reuse(),
                options.guard(),
                longest,
                null);
    }

    /** Of one worker. What was not asked for is what it was before: another number may give other frames. */
    private int threads(UpscaleTask task) {
        if (models.threads() == 0 && resumes(task)) {
            int before = SegmentedJob.threadsOf(Path.of(task.output())).orElse(0);
            if (before > 0) {
                return before;
            }
        }
        int all = models.threads() > 0 ? models.threads() : Runtime.getRuntime().availableProcessors();
        return Math.max(1, all / segments.jobs());
    }
}
