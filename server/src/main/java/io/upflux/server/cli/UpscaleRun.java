package io.upflux.server.cli;

import io.upflux.codecs.MediaSink;
import io.upflux.codecs.MediaSource;
import io.upflux.codecs.OutputOptions;
import io.upflux.frame.HaltingMap;
import io.upflux.frame.HaltingShares;
import io.upflux.models.Catalogue;
import io.upflux.models.ModelCard;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.UpscalePipeline;
import io.upflux.server.cli.UpscaleReport.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Upscales one file after the other; one that fails does not stop the next. Keeps the networks loaded meanwhile. */
final class UpscaleRun implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UpscaleRun.class);

    /** Closing takes as long as one frame does; a pipeline that needs longer hangs in native code. */
    private static final Duration CLOSING = Duration.ofSeconds(30);

    private final Console console;
    private final ScaleChoice size;
    private final ModelOptions models;
    private final UpscaleOptions options;
    private final OutputOptions encoding;
    private final UpscaleReport report;
    private final Interruption interruption;
    private final CollectedNotices modelNotices;
    private final Catalogue catalogue;
    private final Map<String, SuperResolver> resolvers = new LinkedHashMap<>();

    UpscaleRun(
            Console console,
            ScaleChoice size,
            ModelOptions models,
            UpscaleOptions options,
            OutputOptions encoding,
            UpscaleReport report,
            Interruption interruption) {
        this.console = console;
        this.size = size;
        this.models = models;
        this.options = options;
        this.encoding = encoding;
        this.report = report;
        this.interruption = interruption;
        this.modelNotices = new CollectedNotices(console);
        this.catalogue = Catalogue.standard(modelNotices);
    }

    /** @return the exit code */
    int all(List<UpscaleTask> tasks, boolean strict) {
        List<Outcome> outcomes = new ArrayList<>();
        int failed = 0;
        for (UpscaleTask task : tasks) {
            try {
                String subject = tasks.size() > 1 ? task.title() : "";
                Outcome outcome = one(task, new CollectedNotices(console, subject));
                if (!interruption.isRequested()) {
                    outcomes.add(outcome);
                    report.done(task, outcome);
                }
            } catch (StreamException e) {
                LOG.debug("{} failed", task.input(), e);
                if (!interruption.isRequested()) {
                    failed++;
                    report.failed(task, String.valueOf(e.getMessage()));
                }
            }
            if (interruption.isRequested()) {
                report.failed(task, "interrupted");
                return Interruption.EXIT_CODE;
            }
        }
        if (outcomes.isEmpty()) {
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

    private Outcome one(UpscaleTask task, CollectedNotices notices) {
        check(task);
        ProgressMeter meter = report.begin(task);
        HaltingShares halting = new HaltingShares();
        try (MediaSource source =
                MediaSource.open(task.input(), options.input(!MediaSink.carriesRotation(task.output())), notices)) {
            SuperResolver resolver = resolver(size.model(catalogue, models.model(), source.shownHeight()));
            Consumer<HaltingMap> maps = pictures(task, source).andThen(halting::add);
            try (FrameSink sink = MediaSink.create(task.output(), encoding, source, notices)) {
                upscale(UpscalePipeline.of(source, resolver, sink).halting(maps), meter);
            }
            if (!interruption.isRequested()) {
                meter.complete();
            }
            return new Outcome(meter.frames(), meter.seconds(), resolver.traits(), halting, notices.warnings());
        } finally {
            meter.end();
        }
    }

    private void upscale(UpscalePipeline pipeline, ProgressMeter meter) {
        if (interruption.isRequested()) {
            return;
        }
        pipeline.run()
                .doOnNext(progress -> meter.frame(progress.frames(), progress.estimatedFrames()))
                .takeUntilOther(interruption.requested())
                .blockLast();
        if (interruption.isRequested()) {
            pipeline.closed().block(CLOSING);
        }
    }

    /** Writes what {@code --dump-halting} asks for. */
    private Consumer<HaltingMap> pictures(UpscaleTask task, MediaSource source) {
        Path folder = options.dumpHalting();
        if (folder == null) {
            return map -> {};
        }
        boolean video = source.estimatedFrames() != 1;
        return new HaltingPictures(folder, task.stem(), video, source.format(), encoding.overwrite())::write;
    }

    private SuperResolver resolver(ModelCard card) {
        SuperResolver open = resolvers.get(card.name());
        if (open == null) {
            open = models.open(catalogue, card);
            resolvers.put(card.name(), open);
        }
        return open;
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
        // A pipe or a device has nothing to lose.
        if (Files.isRegularFile(output) && !encoding.overwrite()) {
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
        resolvers.values().forEach(SuperResolver::close);
    }
}
