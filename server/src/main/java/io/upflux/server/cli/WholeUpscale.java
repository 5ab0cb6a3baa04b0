package io.upflux.server.cli;

import io.upflux.codecs.InputOptions;
import io.upflux.codecs.MediaSink;
import io.upflux.codecs.MediaSource;
import io.upflux.codecs.MediaTimes;
import io.upflux.codecs.OutputOptions;
import io.upflux.frame.HaltingShares;
import io.upflux.models.Calibrations;
import io.upflux.models.ModelCard;
import io.upflux.pipeline.CalibratedResolver;
import io.upflux.pipeline.FrameSource;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.SuperResolver.Traits;
import io.upflux.pipeline.UpscalePipeline;
import io.upflux.reuse.InferenceCost;
import io.upflux.reuse.ReuseMode;
import io.upflux.reuse.WindowShares;
import io.upflux.server.bench.FirstFrames;
import io.upflux.server.cli.UpscaleReport.Outcome;
import io.upflux.server.preview.Snapshots;
import io.upflux.server.segment.Encoded;
import io.upflux.server.segment.PostCheck;
import io.upflux.server.segment.Resolvers;
import io.upflux.server.segment.SpoiltPictures;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Upscales what is not worked on in segments, from the first picture to the last: pictures, short files, pipes and streams. */
final class WholeUpscale {
    /** Closing takes as long as one frame does; a pipeline that needs longer hangs in native code. */
    private static final Duration CLOSING = Duration.ofSeconds(30);

    private final OpenedModels models;
    private final UpscaleOptions options;
    private final DumpOptions dumps;
    private final OutputOptions encoding;
    private final Snapshots snapshots;
    private final Interruption interruption;

    WholeUpscale(
            OpenedModels models,
            UpscaleOptions options,
            DumpOptions dumps,
            OutputOptions encoding,
            Snapshots snapshots,
            Interruption interruption) {
        this.models = models;
        this.options = options;
        this.dumps = dumps;
        this.encoding = encoding;
        this.snapshots = snapshots;
        this.interruption = interruption;
    }

    /** @throws StreamException when it is interrupted, too */
    Outcome run(UpscaleTask task, InputOptions reading, ProgressMeter meter, CollectedNotices notices) {
        Encoded[] encoded = {Encoded.NONE};
        HaltingShares halting = new HaltingShares();
        WindowShares[] windows = {WindowShares.NONE};
        InferenceCost[] inference = {InferenceCost.NONE};
        Traits traits;
        try (MediaSource source = MediaSource.open(task.input(), reading, notices)) {
            FrameSource frames = wanted(task, source);
            ModelCard card = models.card(source.shownHeight());
            Resolvers pool = models.of(card, models.threads());
            Optional<WindowPictures> depths = pictures(dumps.halting(), task, source);
            Optional<WindowPictures> states = pictures(dumps.reuse(), task, source);
            SuperResolver resolver = pool.take();
            traits = resolver.traits();
            try (MediaSink sink = MediaSink.create(task.output(), encoding, source, notices)) {
                sink.finishing(meter::working);
                if (SegmentedUpscale.isFileIntoVideo(task)) {
                    sink.checked(whole -> {
                        Runnable going = () -> {
                            requireWanted(task);
                            meter.working();
                        };
                        MediaTimes times = MediaTimes.read(task.input(), reading, going);
                        new PostCheck(task.input(), reading, times, source.damaged(), going)
                                .check(whole, task.output(), encoded[0], sink.streams());
                    });
                }
                ReuseMode reuse = frames.estimatedFrames() == 1 ? ReuseMode.OFF : options.reuse();
                SuperResolver calibrated = calibrated(resolver, card, reuse, frames.estimatedFrames());
                UpscalePipeline pipeline = UpscalePipeline.of(frames, calibrated, sink)
                        .watch(snapshots.watcher())
                        .halting(map -> {
                            depths.ifPresent(pictures -> pictures.write(map));
                            halting.add(map);
                        })
                        .reuse(reuse, map -> {
                            states.ifPresent(pictures -> pictures.write(map));
                            windows[0] = windows[0].plus(map.shares());
                            inference[0] = inference[0].plus(map.inference());
                        });
                if (options.guard()) {
                    Path beside = UpscaleTask.isPath(task.output()) ? Path.of(task.output()) : null;
                    pipeline.guard(new SpoiltPictures(beside, notices));
                }
                upscale(task, pipeline, encoded, meter);
            } finally {
                pool.giveBack(resolver);
            }
        }
        meter.complete();
        return new Outcome(
                meter.frames(), 0, meter.seconds(), traits, halting, windows[0], inference[0], notices.warnings());
    }

    /**
     * What of a source goes into an output: of a video into one picture that of the time it begins at.
     *
     * @throws StreamException when that is more than one picture and the output is one
     */
    private FrameSource wanted(UpscaleTask task, MediaSource source) {
        long frames = source.estimatedFrames();
        if (frames == 1 || !MediaSink.holdsOnePicture(task.output())) {
            return source;
        }
        if (options.startsOnly()) {
            return new FirstFrames(source, 1);
        }
        if (frames < 1) {
            // Nobody knows how many there are.
            return source;
        }
        throw new StreamException(
                task.output() + ": about " + frames + " frames do not fit into one picture; --start T takes"
                        + " that of a time, a pattern such as out_%05d.png takes all or those of --duration");
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

    /**
     * Runs the pipeline.
     *
     * @param encoded holds what the sink has got, before it finishes
     * @throws StreamException when it is interrupted before all is written
     */
    private void upscale(UpscaleTask task, UpscalePipeline pipeline, Encoded[] encoded, ProgressMeter meter) {
        requireWanted(task);
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
    }

    private void requireWanted(UpscaleTask task) {
        if (interruption.isRequested()) {
            throw new StreamException(task.output() + ": interrupted");
        }
    }

    /** What {@code --dump-halting} or {@code --dump-reuse} asks for. */
    private Optional<WindowPictures> pictures(@Nullable Path folder, UpscaleTask task, MediaSource source) {
        boolean video = source.estimatedFrames() != 1;
        return Optional.ofNullable(folder)
                .map(in -> new WindowPictures(in, task.stem(), video, source.format(), encoding.overwrite()));
    }
}
