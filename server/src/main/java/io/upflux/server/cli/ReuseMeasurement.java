package io.upflux.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.upflux.codecs.InputOptions;
import io.upflux.codecs.MediaNames;
import io.upflux.codecs.MediaSink;
import io.upflux.codecs.MediaSource;
import io.upflux.codecs.OutputOptions;
import io.upflux.frame.VideoFrame;
import io.upflux.models.Calibrations;
import io.upflux.models.Catalogue;
import io.upflux.models.ModelCard;
import io.upflux.pipeline.CalibratedResolver;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.FrameSource;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.SuperResolver;
import io.upflux.reuse.ReuseMode;
import io.upflux.server.bench.GroundTruth;
import io.upflux.server.bench.ReuseBench;
import io.upflux.server.bench.ReuseClip;
import io.upflux.server.bench.ReuseResult;
import io.upflux.server.bench.ReuseTable;
import io.upflux.server.bench.ScatterBench;
import io.upflux.server.bench.ScatterPlot;
import io.upflux.server.bench.ScatterResult;
import io.upflux.server.bench.drawn.DrawnClip;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** {@code upflux bench --reuse}: clips with and without ground truth through each model, without and with reuse. */
final class ReuseMeasurement {
    private static final int SCATTER_FRAMES = 16;

    /** Of inference: the one that calls it, whose processor time is known, however busy the machine is. */
    private static final int ONE_THREAD = 1;

    private final Console console;
    private final ReuseBenchOptions options;
    private final TableFolder tables;
    private final ModelOptions models;
    private final ScratchFolder scratch;
    private final Consumer<String> step;
    private final int frames;
    private final boolean json;

    /**
     * @param frames most of each clip
     * @param json whether each result is also a line on standard output
     */
    ReuseMeasurement(
            Console console,
            ReuseBenchOptions options,
            ModelOptions models,
            ScratchFolder scratch,
            Consumer<String> step,
            int frames,
            boolean json) {
        this.console = console;
        this.options = options;
        this.tables = options.tables();
        this.models = models;
        this.scratch = scratch;
        this.step = step;
        this.frames = frames;
        this.json = json;
    }

    /**
     * Measures and writes the tables.
     *
     * @param cards models of one scale
     * @param inputs videos without ground truth
     * @param size of the clips that are drawn
     */
    void clips(Catalogue catalogue, List<ModelCard> cards, List<String> inputs, PictureSize size) {
        int scale = cards.get(0).scale();
        List<ReuseResult> results = new ArrayList<>();
        for (GroundTruth truth : truths(size, scale, !inputs.isEmpty())) {
            for (int crf : options.crf()) {
                Path small = scratch.file("small.mp4");
                encode(truth, scale, crf, small);
                measure(
                        catalogue,
                        cards,
                        new ReuseClip(
                                truth.name() + " crf " + crf, () -> open(small.toString()), () -> truth.whole(scale)),
                        results);
            }
        }
        for (String input : inputs) {
            String name = String.valueOf(Path.of(input).getFileName());
            measure(catalogue, cards, new ReuseClip(name, () -> open(input), null), results);
        }
        show(ReuseTable.of(results));
        tables.save("reuse.md", ReuseTable.of(results));
    }

    /** Measures cost against scattered change, and plots it. */
    void scattered(Catalogue catalogue, List<ModelCard> cards, PictureSize size) {
        List<ScatterResult> results = new ArrayList<>();
        ScatterBench bench = new ScatterBench(size.width(), size.height(), Math.min(frames, SCATTER_FRAMES), step);
        for (ModelCard card : cards) {
            try (SuperResolver resolver = open(catalogue, card)) {
                List<ScatterResult> measured = new ArrayList<>();
                measured.addAll(bench.measure(resolver, ReuseMode.NEAR, 8));
                measured.addAll(bench.measure(resolver, ReuseMode.NEAR, 16));
                measured.addAll(bench.measure(resolver, ReuseMode.EXACT, 16));
                measured.forEach(result -> line("scattered", JsonLines.tree(result)));
                results.addAll(measured);
            }
        }
        show(ReuseTable.ofScattered(results));
        tables.save("scattered.md", ReuseTable.ofScattered(results));
        tables.save("scattered.svg", ScatterPlot.of(results));
    }

    private void measure(Catalogue catalogue, List<ModelCard> cards, ReuseClip clip, List<ReuseResult> results) {
        ReuseBench bench =
                new ReuseBench(this::discarded, frames, step, options.tables().folder() == null ? null : this::save);
        for (ModelCard card : cards) {
            try (SuperResolver resolver = open(catalogue, card)) {
                List<ReuseResult> measured = bench.measure(clip, resolver);
                measured.forEach(result -> line("reuse", JsonLines.tree(result)));
                results.addAll(measured);
            }
        }
    }

    /** With what squares cost here. */
    private SuperResolver open(Catalogue catalogue, ModelCard card) {
        SuperResolver opened = models.open(catalogue, card, ONE_THREAD);
        return CalibratedResolver.of(
                opened,
                Calibrations.standard().of(opened, card, ONE_THREAD, true).orElse(null));
    }

    /** Drawn clips, unless only others were asked for, and those of the folder. */
    private List<GroundTruth> truths(PictureSize size, int scale, boolean others) {
        List<GroundTruth> truths = new ArrayList<>();
        Path folder = options.truth();
        if (folder == null && others) {
            return truths;
        }
        for (DrawnClip clip : DrawnClip.all(size.width() * scale, size.height() * scale, frames)) {
            truths.add(new GroundTruth(clip.name(), () -> clip));
        }
        if (folder != null) {
            for (Path file : MediaFolder.media(folder)) {
                truths.add(new GroundTruth(
                        MediaNames.stem(String.valueOf(file.getFileName())), () -> open(file.toString())));
            }
        }
        return truths;
    }

    private void encode(GroundTruth truth, int scale, int crf, Path to) {
        step.accept(truth.name() + ", encoding at crf " + crf);
        BenchCommand.copy(
                truth.shrunk(scale), MediaSink.create(to.toString(), encoding().withCrf(crf), null, Notices.none()));
    }

    private static FrameSource open(String location) {
        return MediaSource.open(location, InputOptions.defaults(), Notices.none());
    }

    private MediaSink discarded() {
        return MediaSink.create(scratch.file("upscaled.mp4").toString(), encoding(), null, Notices.none());
    }

    private OutputOptions encoding() {
        return OutputOptions.defaults().withOverwrite(true).withThreads(models.threads());
    }

    private void line(String event, JsonNode result) {
        if (json) {
            ObjectNode line = JsonLines.event(event);
            line.setAll((ObjectNode) result);
            new JsonLines(console.out()).write(line);
        }
    }

    private void show(String table) {
        console.clearStatus();
        table.lines().forEach(console::say);
    }

    /** A picture of a clip's worst block. */
    private void save(String clip, String model, ReuseMode mode, VideoFrame picture) {
        String name = String.join("-", clip, model, mode.name().toLowerCase(Locale.ROOT));
        Path file = tables.file(name.replaceAll("[^\\w.]+", "-") + ".png");
        if (file == null) {
            return;
        }
        try (FrameSink sink =
                MediaSink.create(file.toString(), OutputOptions.defaults().withOverwrite(true), null, Notices.none())) {
            sink.open(picture.format());
            sink.write(picture.retain());
            sink.finish();
        }
    }
}
