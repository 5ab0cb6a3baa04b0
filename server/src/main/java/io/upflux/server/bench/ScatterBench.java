package io.upflux.server.bench;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.pipeline.FrameUpscaler;
import io.upflux.pipeline.Stage;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.UpscalePipeline;
import io.upflux.reuse.ReuseMode;
import io.upflux.reuse.WindowShares;
import io.upflux.server.bench.drawn.ScatteredChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Measures whether cost follows the windows: time against the share of windows that change, scattered at random, with exact
 * reuse. Frames come from memory and are thrown away, so that nothing else is measured.
 */
public final class ScatterBench {
    private static final double[] SHARES = {0, 0.02, 0.05, 0.1, 0.25, 0.5, 0.75, 1};

    private final int width;
    private final int height;
    private final int frames;
    private final Consumer<String> step;

    /**
     * @param width of the pattern, cut to a multiple of the windows
     * @param height likewise
     * @param frames measured for each share
     * @param step is told what is being measured
     */
    public ScatterBench(int width, int height, int frames, Consumer<String> step) {
        this.width = width;
        this.height = height;
        this.frames = frames;
        this.step = step;
    }

    /** Busy seconds a frame. */
    private record Cost(double inference, double upscaling, WindowShares windows) {
        /** Of the frames behind the first, which is computed whole. */
        Cost without(Cost first, int frames) {
            return new Cost(
                    (frames * inference - first.inference) / (frames - 1),
                    (frames * upscaling - first.upscaling) / (frames - 1),
                    windows);
        }
    }

    /** @param window side of the windows that change, even */
    public List<ScatterResult> measure(SuperResolver resolver, int window) {
        String model = resolver.traits().name();
        step.accept(model + ", windows of " + window);
        run(resolver, window, 1, ReuseMode.OFF, 4);
        Cost whole = run(resolver, window, 1, ReuseMode.OFF, frames);
        List<ScatterResult> results = new ArrayList<>();
        for (double share : SHARES) {
            step.accept(String.format(Locale.ROOT, "%s, windows of %d, %.0f %% of them", model, window, 100 * share));
            run(resolver, window, share, ReuseMode.EXACT, 4);
            Cost cost =
                    run(resolver, window, share, ReuseMode.EXACT, frames + 1).without(whole, frames + 1);
            WindowShares windows = cost.windows();
            long firstFrame = windows.windows() / (frames + 1);
            results.add(new ScatterResult(
                    model,
                    window,
                    share,
                    (double) (windows.computed() + windows.added() - firstFrame) / (windows.windows() - firstFrame),
                    Math.max(0, cost.inference() / whole.inference()),
                    Math.max(0, cost.upscaling() / whole.upscaling())));
        }
        return results;
    }

    private Cost run(SuperResolver resolver, int window, double share, ReuseMode mode, int count) {
        WindowShares[] windows = {WindowShares.NONE};
        try (KeptFrames kept = new KeptFrames();
                NativeScope scope = new NativeScope()) {
            ScatteredChange pattern =
                    new ScatteredChange(width - width % window, height - height % window, window, share, count);
            pattern.frames(scope)
                    .doOnNext(frame -> {
                        kept.keep(frame);
                        frame.close();
                    })
                    .blockLast();
            FrameFormat format = FrameUpscaler.upscaled(pattern.format(), resolver);
            UpscalePipeline pipeline = UpscalePipeline.of(
                            new RepeatedFrames(kept, count), resolver, new KeepingSink(format, new KeptFrames(), 0))
                    .reuse(mode, map -> windows[0] = windows[0].plus(map.shares()));
            pipeline.run().blockLast();
            double inference = pipeline.times().nanos(Stage.INFER) / 1e9 / count;
            double rest = 0;
            for (Stage stage : List.of(Stage.PLAN, Stage.GATHER, Stage.COMPOSE)) {
                rest += pipeline.times().nanos(stage) / 1e9 / count;
            }
            return new Cost(inference, inference + rest, windows[0]);
        }
    }
}
