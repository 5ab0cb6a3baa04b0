package io.upflux.server.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.upflux.pipeline.SuperResolver.Traits;
import io.upflux.reuse.InferenceCost;
import io.upflux.reuse.WindowShares;
import io.upflux.server.cli.ProgressMeter.Display;

/**
 * For programs: {@code progress} events and a {@code result}. With several files each event says which it is about,
 * each file ends with a {@code file} or {@code error} event, and the result is over all of them.
 */
final class JsonReport implements UpscaleReport {
    private static final double SECONDS_PER_EVENT = 0.25;

    private final Console console;
    private final JsonLines json;
    private final int files;
    private final boolean progress;

    JsonReport(Console console, JsonLines json, int files, boolean progress) {
        this.console = console;
        this.json = json;
        this.files = files;
        this.progress = progress;
    }

    @Override
    public ProgressMeter begin(UpscaleTask task) {
        Display display = progress ? ProgressDisplays.json(json, labels(task)) : Display.none();
        return new ProgressMeter(display, SECONDS_PER_EVENT, System::nanoTime);
    }

    @Override
    public void done(UpscaleTask task, Outcome outcome) {
        if (files > 1) {
            ObjectNode event = JsonLines.event("file");
            event.setAll(labels(task));
            event.put("output", task.output());
            json.write(describe(event, outcome));
        }
    }

    @Override
    public void failed(UpscaleTask task, String message) {
        console.say("upflux: " + message);
        ObjectNode event = JsonLines.event("error");
        event.setAll(labels(task));
        json.write(event.put("message", message));
    }

    @Override
    public void end(Outcome total, int failed) {
        ObjectNode event = describe(JsonLines.event("result"), total);
        if (files > 1) {
            event.put("files", files).put("failed", failed);
        }
        json.write(event);
    }

    private ObjectNode labels(UpscaleTask task) {
        ObjectNode labels = JsonLines.object();
        return files > 1 ? labels.put("input", task.input()) : labels;
    }

    private static ObjectNode describe(ObjectNode event, Outcome outcome) {
        event.put("frames", outcome.frames());
        if (outcome.resumed() > 0) {
            event.put("resumed", outcome.resumed());
        }
        event.put("seconds", JsonLines.round(outcome.seconds(), 3)).put("fps", JsonLines.round(outcome.fps(), 3));
        Traits traits = outcome.traits();
        if (traits != null) {
            event.put("model", traits.name()).put("provider", traits.provider()).put("precision", traits.precision());
        }
        WindowShares windows = outcome.windows();
        event.putObject("windows")
                .put("unchanged", share(windows.unchanged(), windows))
                .put("updated", share(windows.updated(), windows))
                .put("computed", share(windows.computed(), windows))
                .put("new", share(windows.added(), windows));
        InferenceCost inference = outcome.inference();
        event.put("batchFill", JsonLines.round(inference.batchFill(), 5))
                .put("inferenceSeconds", JsonLines.round(inference.seconds(), 3))
                .put("predictedSeconds", JsonLines.round(inference.predictedSeconds(), 3));
        JsonLines.putShares(event.putArray("halted"), outcome.halting());
        outcome.warnings().forEach(event.putArray("warnings")::add);
        return event;
    }

    private static double share(long count, WindowShares all) {
        return all.windows() == 0 ? 0 : JsonLines.round((double) count / all.windows(), 5);
    }
}
