package io.upflux.cluster;

import io.upflux.codecs.InputOptions;
import io.upflux.codecs.MediaSink;
import io.upflux.codecs.MediaSource;
import io.upflux.codecs.MediaTimes;
import io.upflux.codecs.OutputStreams;
import io.upflux.frame.FrameFormat;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.server.segment.Encoded;
import io.upflux.server.segment.InputFingerprint;
import io.upflux.server.segment.JobHeader;
import io.upflux.server.segment.JobOptions;
import io.upflux.server.segment.PostCheck;
import io.upflux.server.segment.Resolvers;
import io.upflux.server.segment.Segment;
import io.upflux.server.segment.SegmentPlan;
import io.upflux.server.segment.SegmentResult;
import io.upflux.server.segment.SegmentTask;
import io.upflux.server.segment.SegmentedJob;
import io.upflux.server.segment.Whole;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;

/** What one task does on an executor. Everything here blocks, and gives up when Spark takes the task back. */
final class Slot {
    private final Order order;
    private final String device;

    private Slot(Order order) {
        this.order = order;
        // Here, on the thread that Spark knows.
        device = Warm.device(order.device());
        HadoopStorage.configure(order.configuration());
    }

    static Slot of(Order order) {
        return new Slot(order);
    }

    /** Reads a film through, without decoding, for its plan. */
    FilmPlan plan(Film film) {
        return Interruptible.call(stop -> {
            org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(film.input());
            String input = Stores.location(path);
            // Encoders would take a URL for a stream to send; they only see what kind of file it will be.
            String output = new org.apache.hadoop.fs.Path(film.output()).toUri().getPath();
            InputOptions reading = order.reading()
                    .withRotatePixels(!MediaSink.carriesRotation(output))
                    .withThreads(order.threads());
            FrameFormat format;
            Warm warm;
            try (MediaSource source = MediaSource.open(input, reading, Notices.none())) {
                format = source.format();
                warm = Warm.of(order, device, source.shownHeight());
            }
            MediaTimes times = MediaTimes.read(input, reading);
            List<Segment> segments = SegmentedJob.plan(times, order.seconds());
            JobOptions options = new JobOptions(
                    input,
                    reading,
                    output,
                    order.encoding().withThreads(order.threads()),
                    warm.name(),
                    order.device(),
                    order.threads(),
                    order.halting(),
                    order.reuse(),
                    order.guard(),
                    SegmentPlan.longest(segments),
                    null);
            Resolvers resolvers = warm.resolvers();
            SuperResolver resolver = resolvers.take();
            String header;
            String arithmetic;
            try {
                arithmetic = Warm.arithmetic(resolver);
                header = JobHeader.of(
                                order.upflux(),
                                options,
                                fingerprint(path),
                                warm.card(),
                                resolver.traits(),
                                new Whole(options, Path.of(""), Notices.none()).encoder(Warm.only(resolver)),
                                order.seconds(),
                                times.timeBase(),
                                segments)
                        .toString();
            } finally {
                resolvers.giveBack(resolver);
            }
            return new FilmPlan(
                    film,
                    options,
                    segments,
                    arithmetic,
                    header,
                    times.frames().size(),
                    (long) format.width() * format.height());
        });
    }

    /** Computes a segment, unless another attempt has, and stores it beside the output. */
    StoredSegment compute(FilmPlan plan, Segment segment) {
        return Interruptible.call(stop -> {
            FilmFolder folder = folder(plan);
            Optional<StoredSegment> done = folder.entry(segment.index());
            if (done.isPresent()) {
                return done.get();
            }
            long begun = System.nanoTime();
            Resolvers resolvers = Warm.of(order, device, plan).resolvers();
            try (Scratch scratch = new Scratch("segment")) {
                Path file = scratch.file("packets");
                SegmentResult result;
                SuperResolver resolver = resolvers.take();
                try {
                    requireSame(plan, resolver);
                    result = new SegmentTask(plan.options(), segment, file)
                            .run(resolver, Notices.none(), frames -> ExecutorMetrics.FRAMES.increment(), stop);
                } finally {
                    resolvers.giveBack(resolver);
                }
                double seconds = (System.nanoTime() - begun) / 1e9;
                ExecutorMetrics.BUSY.add(seconds);
                String name = String.format("%06d.%s.packets", segment.index(), Attempt.name());
                folder.put(file, name);
                ExecutorMetrics.WRITTEN.add(result.bytes());
                StoredSegment stored = new StoredSegment(result, name, seconds, Warm.host());
                folder.enter(stored, segment.first());
                folder.withdrawIfEnded();
                return stored;
            } catch (IOException e) {
                throw new StreamException("scratch disk: " + Stores.reason(e), e);
            }
        });
    }

    private static void requireSame(FilmPlan plan, SuperResolver resolver) {
        String here = Warm.arithmetic(resolver);
        if (!here.equals(plan.arithmetic())) {
            throw new StreamException(plan.options().model() + " runs on " + here + " here, but on " + plan.arithmetic()
                    + " where the film was planned, which gives other pictures; --device cpu or cuda makes all alike");
        }
    }

    /** Joins finished segments with the other streams of the source, and checks the result. */
    Joined join(FilmPlan plan, List<StoredSegment> segments) {
        return Interruptible.call(stop -> {
            JobOptions options = plan.options();
            String output = plan.film().output();
            FilmFolder folder = folder(plan);
            try (Scratch scratch = new Scratch("join")) {
                List<Path> files = new ArrayList<>();
                for (StoredSegment segment : segments) {
                    Path file = scratch.file(segment.file());
                    folder.fetch(segment.file(), file);
                    files.add(file);
                }
                String extension = output.substring(Math.max(output.lastIndexOf('/'), output.lastIndexOf('.')));
                Path file = scratch.file("whole" + extension);
                Warnings said = new Warnings();
                Resolvers resolvers = Warm.of(order, device, plan).resolvers();
                OutputStreams streams = new Whole(options, file, said).join(files, resolvers, () -> {}, stop);
                check(options, file, segments, streams);
                String name = "whole." + Attempt.name() + extension;
                folder.put(file, name);
                folder.withdrawIfEnded();
                return new Joined(name, said.lines());
            } catch (IOException e) {
                throw new StreamException("scratch disk: " + Stores.reason(e), e);
            }
        });
    }

    private static void check(JobOptions options, Path file, List<StoredSegment> segments, OutputStreams streams) {
        List<SegmentResult> results =
                segments.stream().map(StoredSegment::result).toList();
        Encoded encoded = new Encoded(
                results.stream().mapToLong(SegmentResult::frames).sum(),
                results.stream()
                        .filter(result -> result.frames() > 0)
                        .mapToLong(SegmentResult::firstPts)
                        .min()
                        .orElse(0));
        new PostCheck(
                        options.input(),
                        options.reading(),
                        MediaTimes.read(options.input(), options.reading()),
                        results.stream().anyMatch(SegmentResult::damaged),
                        () -> {})
                .check(file.toString(), options.output(), encoded, streams);
    }

    private FilmFolder folder(FilmPlan plan) {
        return new FilmFolder(plan.film().output(), order.configuration());
    }

    /** Of what the store says: nothing is read for it. */
    private InputFingerprint fingerprint(org.apache.hadoop.fs.Path path) {
        try {
            FileStatus status = Stores.of(path, order.configuration()).getFileStatus(path);
            Instant modified =
                    Instant.ofEpochMilli(status.getModificationTime()).truncatedTo(ChronoUnit.SECONDS);
            return new InputFingerprint(status.getLen(), modified, "", false);
        } catch (IOException e) {
            throw Stores.failure(path, e);
        }
    }
}
