package io.upflux.server.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.upflux.codecs.InputOptions;
import io.upflux.codecs.MediaSink;
import io.upflux.codecs.MediaSource;
import io.upflux.codecs.OutputOptions;
import io.upflux.models.Catalogue;
import io.upflux.models.Device;
import io.upflux.models.ModelCard;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.FrameSource;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.UpscalePipeline;
import io.upflux.server.bench.Bench;
import io.upflux.server.bench.BenchResult;
import io.upflux.server.bench.BenchResult.StageResult;
import io.upflux.server.bench.drawn.MovingPattern;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code upflux bench}: how fast it is here, stage by stage and together. */
@Command(
        name = "bench",
        description = {
            "Measure the whole pipeline beside each stage alone, and the bound that the stages' CPU time sets.",
            "Without INPUT a synthetic moving clip is used. Nothing is kept."
        },
        sortOptions = false)
final class BenchCommand implements Callable<Integer> {
    private final Console console;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "INPUT", description = "Video to measure with; with --reuse several.")
    private List<String> inputs = new ArrayList<>();

    @Mixin
    private ModelOptions models = new ModelOptions();

    @Option(
            names = {"-s", "--scale"},
            paramLabel = "N",
            description = "Factor in both directions (default: the model's).")
    private @Nullable Integer scale;

    @Option(
            names = "--frames",
            paramLabel = "N",
            defaultValue = "150",
            description = "Most frames to measure (default: 150).")
    private int frames;

    @Option(
            names = "--size",
            paramLabel = "WxH",
            converter = PictureSize.Converter.class,
            defaultValue = "640x360",
            description = "Size of the synthetic clip (default: 640x360).")
    @SuppressWarnings("NullAway.Init") // picocli sets the default
    private PictureSize size;

    @Option(
            names = "--limits",
            description = {
                "Measure instead how near networks come to a large product of matrices on the same cores, and the steps",
                "around them to a plain copy; MODEL may be several, separated by commas (default: all of that scale)."
            })
    private boolean limits;

    @Option(
            names = "--scaling",
            description = "Measure instead what cost and memory grow with: frame size, scale, batch, streams.")
    private boolean scaling;

    @Mixin
    private ReuseBenchOptions reuse = new ReuseBenchOptions();

    @Option(names = "--json", description = "The result as one JSON object on standard output.")
    private boolean json;

    BenchCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (frames < 1) {
            throw new ParameterException(spec.commandLine(), "--frames must be 1 or more, not " + frames);
        }
        if (inputs.size() > 1 && !reuse.reuse()) {
            throw new ParameterException(spec.commandLine(), "one INPUT at a time without --reuse");
        }
        if ((limits || scaling) && (reuse.reuse() || !inputs.isEmpty())) {
            throw new ParameterException(spec.commandLine(), "--limits and --scaling take no INPUT and no --reuse");
        }
        CollectedNotices notices = new CollectedNotices(console);
        Catalogue catalogue = Catalogue.standard(notices);
        try (Interruption interruption = Interruption.install();
                ScratchFolder scratch = ScratchFolder.create()) {
            interruption.endsAtOnce(scratch::close);
            if (limits || scaling) {
                measureLimits(catalogue);
            } else if (reuse.reuse()) {
                measureReuse(catalogue, scratch);
            } else {
                measure(catalogue, scratch, notices);
            }
        }
        return 0;
    }

    private void measure(Catalogue catalogue, ScratchFolder scratch, Notices notices) {
        try (SuperResolver resolver = models.open(catalogue, scale)) {
            String clip = inputs.isEmpty() ? draw(scratch.file("clip.mp4"), notices) : inputs.get(0);
            String output = scratch.file("upscaled.mp4").toString();
            BenchResult result = new Bench(
                            () -> MediaSource.open(clip, InputOptions.defaults(), Notices.none()),
                            resolver,
                            () -> MediaSink.create(output, encoding(), null, Notices.none()),
                            frames,
                            this::step)
                    .run();
            console.clearStatus();
            print(result);
            if (json) {
                new JsonLines(console.out()).write(tree(result));
            }
        }
    }

    private void measureReuse(Catalogue catalogue, ScratchFolder scratch) {
        int factor = scale != null ? scale : 2;
        List<ModelCard> cards = ReuseBenchOptions.models(models.model()).stream()
                .map(name -> catalogue.find(name, factor))
                .toList();
        ReuseMeasurement measurement = new ReuseMeasurement(console, reuse, models, scratch, this::step, frames, json);
        if (reuse.scattered()) {
            measurement.scattered(catalogue, cards, size);
        } else {
            measurement.clips(catalogue, cards, inputs, size);
        }
    }

    private void measureLimits(Catalogue catalogue) {
        LimitMeasurement measurement = new LimitMeasurement(
                console, models, reuse.tables(), this::step, scale != null ? scale : 2, frames, json);
        if (limits) {
            measurement.limits(catalogue, size);
        }
        if (scaling) {
            measurement.scaling(catalogue, size);
        }
    }

    private String draw(Path file, Notices notices) {
        step("drawing a clip");
        copy(
                new MovingPattern(size.width(), size.height(), frames),
                MediaSink.create(file.toString(), encoding(), null, notices));
        return file.toString();
    }

    /** Through an identity network, so that the sink's wishes about planes and depth are met. */
    static void copy(FrameSource from, FrameSink to) {
        Catalogue catalogue = Catalogue.standard();
        try (SuperResolver identity = catalogue.open(catalogue.find("identity-x1", 1), Device.CPU)) {
            UpscalePipeline.of(from, identity, to).run().blockLast();
        }
    }

    private OutputOptions encoding() {
        return OutputOptions.defaults().withOverwrite(true).withThreads(models.threads());
    }

    private void step(String what) {
        if (console.isTerminal()) {
            console.status("measuring: " + what + "...");
        } else {
            console.say("measuring: " + what);
        }
    }

    private void print(BenchResult result) {
        console.say(String.format(
                Locale.ROOT,
                "%s by %s on %s (%s), %d frames, %d processors%s",
                result.format().width() + "x" + result.format().height(),
                result.traits().name(),
                result.traits().provider(),
                result.traits().precision(),
                result.frames(),
                result.cores(),
                TextReport.halting(result.halting())));
        console.say("");
        console.say("                      fps   CPU ms a frame");
        for (StageResult stage : result.stages()) {
            row(stage.name() + " alone", stage.fps(), 1000 * stage.cpuSecondsPerFrame());
        }
        row("bound by CPU time", result.boundFps(), 1000.0 * result.cores() / result.boundFps());
        row("end to end", result.fps(), 1000 * result.cpuSeconds() / result.frames());
        console.say("");
        console.say(String.format(
                Locale.ROOT,
                "%.0f %% of the bound; %.1f KB of Java memory allocated a frame; %.0f MB resident",
                100 * result.share(),
                result.allocatedPerFrame() / 1e3,
                result.resident() / 1e6));
    }

    private void row(String name, double fps, double cpuMillis) {
        console.say(String.format(Locale.ROOT, "%-18s %8.1f %12.2f", name, fps, cpuMillis));
    }

    private static ObjectNode tree(BenchResult result) {
        ObjectNode event = JsonLines.event("result")
                .put("frames", result.frames())
                .put("seconds", JsonLines.round(result.seconds(), 3))
                .put("fps", JsonLines.round(result.fps(), 3))
                .put("boundFps", JsonLines.round(result.boundFps(), 3))
                .put("share", JsonLines.round(result.share(), 4))
                .put("width", result.format().width())
                .put("height", result.format().height())
                .put("model", result.traits().name())
                .put("provider", result.traits().provider())
                .put("precision", result.traits().precision())
                .put("processors", result.cores())
                .put("cpuMillisPerFrame", JsonLines.round(1000 * result.cpuSeconds() / result.frames(), 6))
                .put("allocatedBytesPerFrame", result.allocatedPerFrame())
                .put("residentBytes", result.resident());
        JsonLines.putShares(event.putArray("halted"), result.halting());
        ObjectNode stages = event.putObject("stages");
        for (StageResult stage : result.stages()) {
            stages.putObject(stage.name())
                    .put("fps", JsonLines.round(stage.fps(), 3))
                    .put("cpuMillisPerFrame", JsonLines.round(1000 * stage.cpuSecondsPerFrame(), 6));
        }
        return event;
    }
}
