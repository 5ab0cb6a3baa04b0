package io.upflux.server.cli;

import io.upflux.codecs.OutputOptions;
import io.upflux.models.ScaleChoice;
import io.upflux.pipeline.StreamException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code upflux upscale}: files into larger files. */
@Command(name = "upscale", description = "Make videos and pictures larger and sharper.", sortOptions = false)
final class UpscaleCommand implements Callable<Integer> {
    private final Console console;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "INPUT",
            description = {
                "Files, folders (the media files in them), numbered pictures as a video (frames/%%04d.png, 25 a second"
                        + " unless told by --input-option framerate=N), URLs, or -."
            })
    private List<String> inputs = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "OUTPUT",
            description = "File to write, a folder for several inputs, or -.")
    private String output = "";

    @Mixin
    private FolderOptions folders = new FolderOptions();

    @Mixin
    private SizeOptions size = new SizeOptions();

    @Mixin
    private ModelOptions models = new ModelOptions();

    @Mixin
    private UpscaleOptions options = new UpscaleOptions();

    @Mixin
    private DumpOptions dumps = new DumpOptions();

    @Mixin
    private SegmentOptions segments = new SegmentOptions();

    @Option(names = "--strict", description = "Fail (exit code 1) if there was any warning.")
    private boolean strict;

    @Option(names = "--no-progress", description = "Show no progress.")
    private boolean noProgress;

    @Option(
            names = "--json",
            description =
                    "Progress and result as JSON, one object a line, on standard output (standard error with -o -).")
    private boolean json;

    @Option(names = "--until-eof", hidden = true, description = "Give up when standard input ends.")
    private boolean untilEof;

    UpscaleCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        refuseWhatCannotBe();
        List<UpscaleTask> tasks = plan();
        ScaleChoice choice = size.choice(models);
        OutputOptions encoding = encoding(choice);
        UpscaleReport report = report(tasks.size());
        try (Interruption interruption = Interruption.install();
                UpscaleRun run = new UpscaleRun(
                        console, choice, models, options, dumps, segments, encoding, report, interruption)) {
            if (untilEof) {
                interruption.atEndOf(System.in);
            }
            return run.all(tasks, strict);
        }
    }

    private List<UpscaleTask> plan() {
        try {
            return UpscaleTasks.plan(inputs, output, folders, new CollectedNotices(console));
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private OutputOptions encoding(ScaleChoice choice) {
        try {
            return options.output(choice.height(), models.threads());
        } catch (StreamException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private UpscaleReport report(int files) {
        return json
                ? new JsonReport(
                        console,
                        new JsonLines(UpscaleTask.isStandardStream(output) ? console.err() : console.out()),
                        files,
                        !noProgress)
                : new TextReport(console, files, !noProgress);
    }

    private void refuseWhatCannotBe() {
        if (dumps.halting() != null && !models.halts()) {
            throw wrong("--dump-halting needs --halting T: without it no window halts");
        }
        if (options.readsNothing()) {
            throw wrong("--duration must be more than 0");
        }
        if (untilEof && inputs.contains("-")) {
            throw wrong("--until-eof needs standard input for itself");
        }
        folders.check();
        segments.check();
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
