package io.upflux.server.cli;

import io.upflux.codecs.InputOptions;
import io.upflux.codecs.MediaSink;
import io.upflux.codecs.MediaSource;
import io.upflux.codecs.OutputOptions;
import io.upflux.models.ScaleChoice;
import io.upflux.pipeline.StreamException;
import io.upflux.server.cli.UpscaleReport.Outcome;
import io.upflux.server.preview.Snapshots;
import io.upflux.server.segment.SegmentedJob;
import io.upflux.server.segment.SegmentedJob.Order;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Upscales one file after the other; one that fails does not stop the next. Keeps the networks loaded meanwhile. */
final class UpscaleRun implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UpscaleRun.class);

    private final Console console;
    private final UpscaleOptions options;
    private final DumpOptions dumps;
    private final SegmentedUpscale segmented;
    private final OutputOptions encoding;
    private final UpscaleReport report;
    private final Interruption interruption;
    private final CollectedNotices modelNotices;
    private final OpenedModels models;
    private final Snapshots snapshots;
    private final WholeUpscale whole;

    UpscaleRun(
            Console console,
            ScaleChoice size,
            ModelOptions models,
            UpscaleOptions options,
            DumpOptions dumps,
            SegmentOptions segments,
            OutputOptions encoding,
            UpscaleReport report,
            Interruption interruption) {
        this.console = console;
        this.options = options;
        this.dumps = dumps;
        this.segmented = new SegmentedUpscale(models, options, segments, encoding);
        this.encoding = encoding;
        this.report = report;
        this.interruption = interruption;
        this.modelNotices = new CollectedNotices(console);
        this.models = new OpenedModels(size, models, modelNotices);
        this.snapshots = new Snapshots(dumps.snapshot(), modelNotices);
        this.whole = new WholeUpscale(this.models, options, dumps, encoding, snapshots, interruption);
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
                check(task, tasks.size() > 1);
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
        if (outcomes.isEmpty() && done == 0) {
            return 1;
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
        ProgressMeter meter = report.begin(task);
        try {
            InputOptions reading = options.input(!MediaSink.carriesRotation(task.output()));
            Optional<Order> order = dumps.any()
                    ? Optional.empty()
                    : segmented.order(task, reading, MediaSource::shownHeight, models::card, meter::working);
            if (order.isPresent()) {
                return inSegments(order.get(), meter, notices);
            }
            segmented.giveUp(task);
            return whole.run(task, reading, meter, notices);
        } finally {
            meter.end();
        }
    }

    private Outcome inSegments(Order order, ProgressMeter meter, CollectedNotices notices) {
        SegmentedJob.Outcome outcome = new SegmentedJob(order, snapshots::watcher, notices)
                .run(
                        models.of(order.model(), order.options().threads()),
                        (frames, total, resumed) -> {
                            if (frames == resumed) {
                                meter.resume(resumed);
                            }
                            meter.frame(frames, total);
                        },
                        meter::working,
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

    /**
     * What can be known before anything is opened, in the words of the command line.
     *
     * @param several whether there are more tasks
     */
    private void check(UpscaleTask task, boolean several) {
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
            throw new StreamException(task.output() + ": exists already; --overwrite replaces it"
                    + (several ? ", --resume goes on with what is not there yet" : ""));
        }
    }

    private static boolean isSameFile(Path one, Path other) {
        // Numbered pictures have no file of that name.
        if (one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize())) {
            return true;
        }
        try {
            return Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other);
        } catch (IOException e) {
            throw new StreamException(other + ": cannot be examined: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        snapshots.close();
        models.close();
    }
}
