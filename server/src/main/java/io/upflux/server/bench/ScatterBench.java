package io.upflux.server.bench;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.pipeline.FrameUpscaler;
import io.upflux.pipeline.Stage;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.UpscalePipeline;
import io.upflux.reuse.ReuseMode;
import io.upflux.reuse.WindowShares;
import io.upflux.server.bench.Usage.Span;
import io.upflux.server.bench.drawn.ScatteredChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Measures whether cost follows the windows: time against the share of windows that change, scattered at random. Frames
 * come from memory and are thrown away, so that nothing else is measured. Resolvers must infer on the thread that calls
 * them, as for {@link ReuseBench}.
 */
public final class ScatterBench {
    private static final double[] SHARES = {0, 0.02, 0.05, 0.1, 0.25, 0.5, 0.75, 1};

    /** Frames with which a runtime meets the shapes to come. */
    private static final int RUN_IN = 4;

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

    /** Seconds of processor time a frame. */
    private record Cost(double inference, double upscaling, double cpu, WindowShares windows) {
        /** Of the frames behind the first, which is computed whole. */
        Cost withoutFirst(Cost whole, int frames) {
            return new Cost(
                    rest(inference, whole.inference, frames),
                    rest(upscaling, whole.upscaling, frames),
                    rest(cpu, whole.cpu, frames),
                    windows);
        }

        private static double rest(double mean, double first, int frames) {
            return Math.max(0, (frames * mean - first) / (frames - 1));
        }
    }

    /**
     * Each share beside a whole computation of the same pictures, since other work on the machine comes and goes.
     *
     * @param mode exact, where a change reaches as far as the network does, or near, where it ends with its window
     * @param window side of the windows that change, even
     */
    public List<ScatterResult> measure(SuperResolver resolver, ReuseMode mode, int window) {
        String model = resolver.traits().name();
        List<ScatterResult> results = new ArrayList<>();
        for (double share : SHARES) {
            step.accept(String.format(
                    Locale.ROOT,
                    "%s %s, %.0f %% of windows of %d px",
                    model,
                    mode.name().toLowerCase(Locale.ROOT),
                    100 * share,
                    window));
            run(resolver, window, share, mode, RUN_IN);
            Cost whole = run(resolver, window, share, ReuseMode.OFF, frames);
            Cost cost = run(resolver, window, share, mode, frames + 1).withoutFirst(whole, frames + 1);
            WindowShares windows = cost.windows();
            long firstFrame = windows.windows() / (frames + 1);
            results.add(new ScatterResult(
                    model,
                    mode,
                    window,
                    share,
                    (double) (windows.computed() + windows.added() - firstFrame) / (windows.windows() - firstFrame),
                    cost.inference() / whole.inference(),
                    cost.upscaling() / whole.upscaling(),
                    cost.cpu() / whole.cpu()));
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
            Span span = Usage.of(() -> pipeline.run().blockLast());
            double inference = pipeline.times().cpuNanos(Stage.INFER) / 1e9 / count;
            double rest = 0;
            for (Stage stage : List.of(Stage.PLAN, Stage.GATHER, Stage.COMPOSE)) {
                rest += pipeline.times().cpuNanos(stage) / 1e9 / count;
            }
            return new Cost(inference, inference + rest, span.cpuSeconds() / count, windows[0]);
        }
    }
}
