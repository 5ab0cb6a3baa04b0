package io.upflux.server.segment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.upflux.codecs.MediaTimes;
import io.upflux.codecs.OutputStreams;
import io.upflux.frame.HaltingShares;
import io.upflux.models.ModelCard;
import io.upflux.pipeline.Calibration;
import io.upflux.pipeline.FrameWatcher;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.SuperResolver.Traits;
import io.upflux.reuse.InferenceCost;
import io.upflux.reuse.WindowShares;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** One file into one file by segments: computes those that are missing, joins all, checks the result, publishes it. */
public final class SegmentedJob {
    /**
     * What is to be done.
     *
     * @param model the options' model
     * @param times of the part of the input that is asked for
     * @param seconds wanted length of a segment
     * @param jobs how many segments are computed at a time
     * @param resume whether to continue what an earlier run left
     * @param upflux version of this program, for the journal
     */
    public record Order(
            JobOptions options,
            ModelCard model,
            MediaTimes times,
            double seconds,
            int jobs,
            boolean resume,
            String upflux) {}

    /**
     * What came of it.
     *
     * @param frames of the output
     * @param resumed how many of them an earlier run had made
     */
    public record Outcome(
            long frames,
            long resumed,
            Traits traits,
            HaltingShares halting,
            WindowShares windows,
            InferenceCost inference) {}

    /** Told how far a job is. */
    public interface Progress {
        /**
         * @param frames finished or on the way to it, all workers together; thread-safe
         * @param total as far as the source's packets promise
         * @param resumed how many of them an earlier run had made
         */
        void at(long frames, long total, long resumed);
    }

    private final Order order;
    private final JobOptions options;
    private final Path input;
    private final Path output;
    private final List<Segment> plan;
    private final Supplier<FrameWatcher> watchers;
    private final OnceNotices notices;
    private final FinishedSegments finished = new FinishedSegments();
    private volatile boolean stopped;

    /**
     * @param watchers one for each segment, which sees its frames and is closed with it
     * @param notices told each line once, however many segments say it
     */
    public SegmentedJob(Order order, Supplier<FrameWatcher> watchers, Notices notices) {
        this.order = order;
        this.watchers = watchers;
        this.options = order.options();
        this.input = Path.of(options.input());
        this.output = Path.of(options.output());
        this.plan = plan(order.times(), order.seconds());
        this.notices = new OnceNotices(notices);
    }

    /** The segments that an input would be cut into; one alone is not worth a journal. */
    public static List<Segment> plan(MediaTimes times, double seconds) {
        return times.divisible()
                ? SegmentPlan.of(times.frames(), times.keys(), times.timeBase(), seconds)
                : List.of(new Segment(
                        0, Long.MIN_VALUE, Long.MAX_VALUE, 0, times.frames().size()));
    }

    /** How many threads an earlier run on an output used; empty without one. */
    public static OptionalInt threadsOf(Path output) {
        return WorkFolder.holdsWork(output)
                ? OptionalInt.of(journal(output).header().path("threads").asInt())
                : OptionalInt.empty();
    }

    /** How many segments earlier runs on an output have finished. */
    public static int finishedOf(Path output) {
        return WorkFolder.holdsWork(output) ? journal(output).segments().size() : 0;
    }

    /**
     * Does it. What is finished stays beside the output, for {@link Order#resume}, unless all is done or nothing was.
     *
     * @param working told now and then while anything else is done: earlier segments are looked at, all are joined, and
     *     the result is checked
     * @param stop gives up when it completes
     * @throws StreamException when it cannot be done, is given up, or the result is not what it should be
     */
    public Outcome run(Resolvers resolvers, Progress progress, Runnable working, Mono<Void> stop) {
        Disposable stopping = stop.subscribe(nothing -> {}, error -> stopped = true, () -> stopped = true);
        try (WorkFolder folder = WorkFolder.open(output)) {
            Whole whole = new Whole(options, folder.whole(), notices);
            Traits traits = traits(resolvers);
            InputFingerprint fingerprint = InputFingerprint.of(input);
            ObjectNode header = JobHeader.of(
                    order.upflux(),
                    options,
                    fingerprint,
                    order.model(),
                    traits,
                    whole.encoder(resolvers),
                    order.seconds(),
                    order.times().timeBase(),
                    plan);
            boolean published = new EarlierRun(order, plan, folder, finished, notices).settle(header, working);
            if (published) {
                folder.remove();
                return outcome(traits, finished.frames());
            }
            Calibration calibration = JobCalibration.of(order, folder, resolvers);
            JobHeader.calibrate(header, calibration);
            try (Journal journal = Files.exists(folder.journal())
                    ? Journal.append(folder.journal())
                    : Journal.create(folder.journal(), header)) {
                long resumed = finished.frames();
                OutputStreams streams;
                try {
                    compute(options.with(calibration), folder, journal, fingerprint, resolvers, progress, stop);
                    if (!InputFingerprint.of(input).equals(fingerprint)) {
                        throw InputFingerprint.changed(input);
                    }
                    streams = join(folder, whole, resolvers, working, stop);
                } catch (StreamException e) {
                    throw leave(folder, e, ", --resume continues");
                }
                try {
                    check(folder, streams, working);
                } catch (StreamException e) {
                    // As it would be the next time.
                    throw leave(folder, e, "");
                }
                if (stopped) {
                    throw leave(folder, new StreamException(output + ": interrupted"), ", --resume continues");
                }
                whole.publish(output, journal);
                folder.remove();
                return outcome(traits, resumed);
            }
        } finally {
            stopping.dispose();
        }
    }

    /** @return what to say to somebody who would begin a job that was begun before */
    public static String unfinished(Path output) {
        return output + ": an earlier run left its work in " + WorkFolder.of(output)
                + "; --resume continues it, --overwrite starts anew";
    }

    private void compute(
            JobOptions calibrated,
            WorkFolder folder,
            Journal journal,
            InputFingerprint fingerprint,
            Resolvers resolvers,
            Progress progress,
            Mono<Void> stop) {
        long total = plan.stream().mapToLong(Segment::frames).sum();
        long resumed = finished.frames();
        AtomicLong frames = new AtomicLong(resumed);
        if (resumed > 0) {
            notices.info(finished.count() + " of " + plan.size() + " segments are there already");
            progress.at(resumed, total, resumed);
        }
        List<Segment> missing =
                plan.stream().filter(segment -> !finished.holds(segment)).toList();
        new Workers(calibrated, missing, segment -> folder.segment(segment.index()), resolvers, watchers, notices)
                .run(
                        order.jobs(),
                        count -> progress.at(frames.addAndGet(count), total, resumed),
                        result -> {
                            fingerprint.recheck(input);
                            WorkFolder.force(folder.path());
                            journal.finished(result, plan.get(result.segment()).first());
                            finished.add(result);
                        },
                        stop);
    }

    private OutputStreams join(WorkFolder folder, Whole whole, Resolvers resolvers, Runnable working, Mono<Void> stop) {
        if (finished.frames() == 0) {
            throw new StreamException(options.output() + ": there was no frame to write");
        }
        List<Path> files =
                plan.stream().map(segment -> folder.segment(segment.index())).toList();
        return whole.join(files, resolvers, working, stop);
    }

    private void check(WorkFolder folder, OutputStreams streams, Runnable working) {
        new PostCheck(options.input(), options.reading(), order.times(), finished.damaged(), working)
                .check(
                        folder.whole().toString(),
                        options.output(),
                        new Encoded(finished.frames(), finished.firstPts()),
                        streams);
    }

    /** Says what becomes of the finished segments when a job fails; takes the folder away when there are none. */
    private StreamException leave(WorkFolder folder, StreamException failure, String advice) {
        if (finished.count() == 0) {
            folder.clear();
            return failure;
        }
        return new StreamException(
                failure.getMessage() + "; " + finished.count() + " of " + plan.size() + " segments are kept in "
                        + folder.path() + advice,
                failure);
    }

    private static Journal.Contents journal(Path output) {
        return Journal.read(WorkFolder.of(output).resolve(WorkFolder.JOURNAL));
    }

    private static Traits traits(Resolvers resolvers) {
        SuperResolver resolver = resolvers.take();
        try {
            return resolver.traits();
        } finally {
            resolvers.giveBack(resolver);
        }
    }

    private Outcome outcome(Traits traits, long resumed) {
        return new Outcome(
                finished.frames(), resumed, traits, finished.halting(), finished.windows(), finished.inference());
    }
}
