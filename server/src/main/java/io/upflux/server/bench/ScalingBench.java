package io.upflux.server.bench;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.pipeline.FrameUpscaler;
import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.TileBatch;
import io.upflux.pipeline.UpscalePipeline;
import io.upflux.server.bench.drawn.MovingPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;

/**
 * Measures what cost and memory grow with: size of the frames, scale, tiles in a batch, streams at once. Frames come from
 * memory and are thrown away, none is made from another, so this is what the resolver and the steps around it take.
 */
public final class ScalingBench {
    private static final List<int[]> SIZES = List.of(
            new int[] {320, 180}, new int[] {640, 360}, new int[] {1280, 720}, new int[] {1920, 1080}, new int[] {
                3840, 2160
            });
    private static final List<Integer> BATCHES = List.of(1, 2, 4, 8, 16, 32);
    private static final List<Integer> STREAMS = List.of(1, 2, 4, 8);

    /** Of the tiles in batches. */
    private static final int TILE = 64;

    private static final int LEAST = 2;
    private static final int KEPT = 2;
    private static final int ROUNDS = 9;

    private final Supplier<SuperResolver> resolvers;
    private final int frames;
    private final Consumer<String> step;
    private final List<ScalingResult> results = new ArrayList<>();

    /**
     * @param resolvers opens the one to measure anew, each time
     * @param frames of the smallest size for each step, and fewer of larger ones
     * @param step is told what is being measured
     */
    public ScalingBench(Supplier<SuperResolver> resolvers, int frames, Consumer<String> step) {
        this.resolvers = resolvers;
        this.frames = frames;
        this.step = step;
    }

    /** Larger frames, up to so many LR pixels. */
    public ScalingBench sizes(long most) {
        return series(
                "frame size",
                SIZES.stream().filter(size -> (long) size[0] * size[1] <= most).toList(),
                size -> {
                    double times = (double) size[0] * size[1] / (SIZES.get(0)[0] * SIZES.get(0)[1]);
                    int fewer = (int) Math.max(LEAST, frames / times);
                    try (SuperResolver resolver = resolvers.get()) {
                        return run(resolver, size[0], size[1], 1, fewer, size[0] + "x" + size[1], times);
                    }
                });
    }

    /**
     * Larger scales, of frames of the smallest size; what grows is the result.
     *
     * @param others of the same network, each once
     */
    public ScalingBench scales(List<Supplier<SuperResolver>> others) {
        double[] first = new double[1];
        return series("scale", others, other -> {
            try (SuperResolver resolver = other.get()) {
                int scale = resolver.traits().scale();
                first[0] = first[0] == 0 ? scale : first[0];
                double times = scale * scale / (first[0] * first[0]);
                int[] size = SIZES.get(0);
                return run(
                        resolver, size[0], size[1], 1, frames, resolver.traits().name(), times);
            }
        });
    }

    /** More streams of the smallest frames at once, through one resolver; the cost is that of a frame of each. */
    public ScalingBench streams() {
        return series("streams", STREAMS, count -> {
            int[] size = SIZES.get(0);
            try (SuperResolver resolver = resolvers.get()) {
                return run(resolver, size[0], size[1], count, frames, count + " streams", count);
            }
        });
    }

    /** More tiles in a batch. */
    public ScalingBench batches() {
        try (SuperResolver resolver = resolvers.get()) {
            return series("batch", BATCHES, count -> {
                try (TileBatch batch = resolver.newBatch(new TileShape(count, TILE, TILE))) {
                    Rounds rounds = new Rounds(false, List.of(() -> resolver.upscale(batch, PictureContext.NONE)))
                            .run(2, ROUNDS);
                    double seconds = rounds.median(spans -> spans[0].cpuSeconds());
                    return new ScalingResult("batch", count + " tiles", count, seconds, 0, 0);
                }
            });
        }
    }

    /** All that was measured. */
    public List<ScalingResult> results() {
        return List.copyOf(results);
    }

    private <T> ScalingBench series(String of, List<T> steps, Function<T, ScalingResult> measure) {
        double first = 0;
        for (T one : steps) {
            step.accept(of + ", step " + (1 + steps.indexOf(one)) + " of " + steps.size());
            ScalingResult result = measure.apply(one);
            first = first == 0 ? result.cpuSeconds() : first;
            results.add(new ScalingResult(
                    of,
                    result.step(),
                    result.times(),
                    result.cpuSeconds(),
                    result.cpuSeconds() / first,
                    result.resident()));
        }
        return this;
    }

    private static ScalingResult run(
            SuperResolver resolver, int width, int height, int streams, int frames, String name, double times) {
        try (KeptFrames kept = new KeptFrames();
                NativeScope scope = new NativeScope()) {
            new MovingPattern(width, height, KEPT)
                    .frames(scope)
                    .doOnNext(frame -> {
                        kept.keep(frame);
                        frame.close();
                    })
                    .blockLast();
            FrameFormat format = FrameUpscaler.upscaled(kept.format(), resolver);
            upscale(resolver, kept, format, 1, LEAST);
            double seconds = Usage.of(() -> upscale(resolver, kept, format, streams, frames))
                            .cpuSeconds()
                    / frames;
            return new ScalingResult("", name, times, seconds, 0, Usage.resident());
        }
    }

    private static void upscale(SuperResolver resolver, KeptFrames kept, FrameFormat format, int streams, int frames) {
        Flux.range(0, streams)
                .flatMap(
                        any -> UpscalePipeline.of(
                                        new RepeatedFrames(kept, frames),
                                        resolver,
                                        new KeepingSink(format, new KeptFrames(), 0))
                                .run(),
                        streams)
                .blockLast();
    }
}
