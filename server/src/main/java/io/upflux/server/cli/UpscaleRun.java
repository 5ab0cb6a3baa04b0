package io.upflux.server.cli;

import io.upflux.codecs.InputOptions;
import io.upflux.codecs.MediaSink;
import io.upflux.codecs.MediaSource;
import io.upflux.codecs.MediaTimes;
import io.upflux.codecs.OutputOptions;
import io.upflux.codecs.OutputStreams;
import io.upflux.frame.HaltingShares;
import io.upflux.models.Calibrations;
import io.upflux.models.Catalogue;
import io.upflux.models.ModelCard;
import io.upflux.pipeline.CalibratedResolver;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.SuperResolver.Traits;
import io.upflux.pipeline.UpscalePipeline;
import io.upflux.reuse.InferenceCost;
import io.upflux.reuse.ReuseMode;
import io.upflux.reuse.WindowShares;
import io.upflux.server.cli.UpscaleReport.Outcome;
import io.upflux.server.preview.Snapshots;
import io.upflux.server.segment.Encoded;
import io.upflux.server.segment.PostCheck;
import io.upflux.server.segment.ResolverPool;
import io.upflux.server.segment.Resolvers;
import io.upflux.server.segment.SegmentedJob;
import io.upflux.server.segment.SegmentedJob.Order;
import io.upflux.server.segment.SpoiltPictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Upscales one file after the other; one that fails does not stop the next. Keeps the networks loaded meanwhile. */
final class UpscaleRun implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UpscaleRun.class);

    /** Closing takes as long as one frame does; a pipeline that needs longer hangs in native code. */
    private static final Duration CLOSING = Duration.ofSeconds(30);

    /** What an open model was opened for. */
    private record Use(String model, int threads) {}

    private final Console console;
    private final ScaleChoice size;
    private final ModelOptions models;
    private final UpscaleOptions options;
    private final SegmentedUpscale segmented;
    private final OutputOptions encoding;
    private final UpscaleReport report;
    private final Interruption interruption;
    private final CollectedNotices modelNotices;
    private final Catalogue catalogue;
    private final ResolverPool<Use> resolvers = new ResolverPool<>();
    private final Snapshots snapshots;

    UpscaleRun(
            Console console,
            ScaleChoice size,
            ModelOptions models,
            UpscaleOptions options,
            SegmentOptions segments,
            OutputOptions encoding,
            UpscaleReport report,
            Interruption interruption) {
        this.console = console;
        this.size = size;
        this.models = models;
        this.options = options;
        this.segmented = new SegmentedUpscale(models, options, segments, encoding);
        this.encoding = encoding;
        this.report = report;
        this.interruption = interruption;
        this.modelNotices = new CollectedNotices(console);
        this.catalogue = Catalogue.standard(modelNotices);
        this.snapshots = new Snapshots(options.snapshot(), modelNotices);
    }

    /** @return the exit code */
    int all(List<UpscaleTask> tasks, boolean strict) {
        List<Outcome> outcomes = new ArrayList<>();
        int failed = 0;
        int done = 0;
        for (UpscaleTask task : tasks) {
            if (interruption.isRequested()) {
                return interrupted(task);
            }
            CollectedNotices notices = new CollectedNotices(console, tasks.size() > 1 ? task.title() : "");
            if (tasks.size() > 1 && segmented.isDone(task)) {
                notices.info(task.output() + ": is there already");
                done++;
                continue;
            }
            try {
                Outcome outcome = one(task, notices);
                outcomes.add(outcome);
                report.done(task, outcome);
            } catch (StreamException e) {
                LOG.debug("{} failed", task.input(), e);
                if (interruption.isRequested()) {
                    return interrupted(task);
                }
                failed++;
                report.failed(task, String.valueOf(e.getMessage()));
            }
        }
        if (outcomes.isEmpty()) {
            return failed == 0 && done > 0 ? 0 : 1;
        }
        Outcome total = Outcome.total(outcomes, modelNotices.warnings());
        report.end(total, failed);
        boolean tooManyWarnings = strict && !total.warnings().isEmpty();
        if (tooManyWarnings) {
            console.say("upflux: there were warnings, and --strict does not let them pass");
        }
        return failed > 0 || tooManyWarnings ? 1 : 0;
    }

    private int interrupted(UpscaleTask task) {
        report.failed(
                task,
                SegmentedUpscale.holdsWork(task)
                        ? "interrupted; --resume continues with what is finished"
                        : "interrupted");
        return Interruption.EXIT_CODE;
    }

    private Outcome one(UpscaleTask task, CollectedNotices notices) {
        check(task);
        ProgressMeter meter = report.begin(task);
        try {
            InputOptions reading = options.input(!MediaSink.carriesRotation(task.output()));
            Optional<Order> order = options.dumps()
                    ? Optional.empty()
                    : segmented.order(task, reading, MediaSource::shownHeight, this::card);
            if (order.isPresent()) {
                return inSegments(order.get(), meter, notices);
            }
            segmented.giveUp(task);
            return atOnce(task, reading, meter, notices);
        } finally {
            meter.end();
        }
    }

    private Outcome inSegments(Order order, ProgressMeter meter, CollectedNotices notices) {
        Resolvers models = lent(order.model(), order.options().threads());
        SegmentedJob.Outcome outcome = new SegmentedJob(order, snapshots::watcher, notices)
                .run(
                        models,
                        (frames, total, resumed) -> {
                            if (frames == resumed) {
                                meter.resume(resumed);
                            }
                            meter.frame(frames, total);
                        },
                        interruption.requested());
        meter.complete();
        return new Outcome(
                outcome.frames(),
                outcome.resumed(),
                meter.seconds(),
                outcome.traits(),
                outcome.halting(),
                outcome.windows(),
                outcome.inference(),
                notices.warnings());
    }

    private Outcome atOnce(UpscaleTask task, InputOptions reading, ProgressMeter meter, CollectedNotices notices) {
        OutputStreams streams;
        boolean damaged;
        Encoded encoded;
        HaltingShares halting = new HaltingShares();
        WindowShares[] windows = {WindowShares.NONE};
        InferenceCost[] inference = {InferenceCost.NONE};
        Traits traits;
        try (MediaSource source = MediaSource.open(task.input(), reading, notices)) {
            ModelCard card = card(source.shownHeight());
            Resolvers pool = lent(card, models.threads());
            SuperResolver resolver = pool.take();
            traits = resolver.traits();
            Optional<WindowPictures> depths = pictures(options.dumpHalting(), task, source);
            Optional<WindowPictures> states = pictures(options.dumpReuse(), task, source);
            try (MediaSink sink = MediaSink.create(task.output(), encoding, source, notices)) {
                ReuseMode reuse = source.estimatedFrames() == 1 ? ReuseMode.OFF : options.reuse();
                SuperResolver calibrated = calibrated(resolver, card, reuse, source.estimatedFrames());
                UpscalePipeline pipeline = UpscalePipeline.of(source, calibrated, sink)
                        .watch(snapshots.watcher())
                        .guard(new SpoiltPictures(
                                UpscaleTask.isPath(task.output()) ? Path.of(task.output()) : null, notices))
                        .halting(map -> {
                            depths.ifPresent(pictures -> pictures.write(map));
                            halting.add(map);
                        })
                        .reuse(reuse, map -> {
                            states.ifPresent(pictures -> pictures.write(map));
                            windows[0] = windows[0].plus(map.shares());
                            inference[0] = inference[0].plus(map.inference());
                        });
                encoded = upscale(task, pipeline, meter);
                streams = sink.streams();
                damaged = source.damaged();
            } finally {
                pool.giveBack(resolver);
            }
        }
        if (SegmentedUpscale.isFileIntoVideo(task)) {
            MediaTimes times = MediaTimes.read(task.input(), reading);
            new PostCheck(task.input(), reading, times, damaged).check(task.output(), task.output(), encoded, streams);
        }
        meter.complete();
        return new Outcome(
                meter.frames(), 0, meter.seconds(), traits, halting, windows[0], inference[0], notices.warnings());
    }

    /** @param frames at most a few of which are not worth measuring for; 0 or less when nobody knows how many there are */
    private SuperResolver calibrated(SuperResolver resolver, ModelCard card, ReuseMode reuse, long frames) {
        boolean worth = frames <= 0 || frames >= Calibrations.WORTH_FRAMES;
        return reuse == ReuseMode.OFF
                ? resolver
                : CalibratedResolver.of(
                        resolver,
                        Calibrations.standard()
                                .of(resolver, card, models.threads(), worth)
                                .orElse(null));
    }

    /** @param threads of each, 0 for as many as there are processors */
    private Resolvers lent(ModelCard card, int threads) {
        return resolvers.of(new Use(card.name(), threads), () -> models.open(catalogue, card, threads));
    }

    private ModelCard card(int shownHeight) {
        return size.model(catalogue, models.model(), shownHeight);
    }

    /** @throws StreamException when it is interrupted before all is written */
    private Encoded upscale(UpscaleTask task, UpscalePipeline pipeline, ProgressMeter meter) {
        if (interruption.isRequested()) {
            throw new StreamException(task.output() + ": interrupted");
        }
        Encoded[] encoded = {Encoded.NONE};
        AtomicBoolean whole = new AtomicBoolean();
        pipeline.run()
                .doOnNext(progress -> {
                    meter.frame(progress.frames(), progress.estimatedFrames());
                    encoded[0] = encoded[0].and(progress.pts());
                })
                .doOnComplete(() -> whole.set(true))
                .takeUntilOther(interruption.requested())
                .blockLast();
        if (!whole.get()) {
            pipeline.closed().block(CLOSING);
            throw new StreamException(task.output() + ": interrupted");
        }
        return encoded[0];
    }

    /** What {@code --dump-halting} or {@code --dump-reuse} asks for. */
    private Optional<WindowPictures> pictures(@Nullable Path folder, UpscaleTask task, MediaSource source) {
        boolean video = source.estimatedFrames() != 1;
        return Optional.ofNullable(folder)
                .map(in -> new WindowPictures(in, task.stem(), video, source.format(), encoding.overwrite()));
    }

    /** What can be known before anything is opened, in the words of the command line. */
    private void check(UpscaleTask task) {
        if (UpscaleTask.isPath(task.input())) {
            Path input = Path.of(task.input());
            if (!Files.exists(input) && !UpscaleTask.isSequence(task.input())) {
                throw new StreamException(task.input() + ": no such file");
            }
        }
        if (!UpscaleTask.isPath(task.output())) {
            return;
        }
        Path output = Path.of(task.output());
        if (UpscaleTask.isPath(task.input()) && isSameFile(Path.of(task.input()), output)) {
            throw new StreamException(task.output() + ": is the input itself; choose another output");
        }
        segmented.check(task);
        // A pipe or a device has nothing to lose.
        if (Files.isRegularFile(output) && !encoding.overwrite() && !segmented.resumes(task)) {
            throw new StreamException(task.output() + ": exists already; --overwrite replaces it");
        }
    }

    private static boolean isSameFile(Path one, Path other) {
        try {
            return Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other);
        } catch (IOException e) {
            throw new StreamException(other + ": cannot be examined: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        snapshots.close();
        resolvers.close();
    }
}
