package io.upflux.server.bench;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.HaltingShares;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.FrameSource;
import io.upflux.pipeline.FrameUpscaler;
import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.Stage;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.TileBatch;
import io.upflux.pipeline.UpscalePipeline;
import io.upflux.server.bench.Alone.Measured;
import io.upflux.server.bench.BenchResult.StageResult;
import io.upflux.server.bench.IdleResolver.Request;
import io.upflux.server.bench.Usage.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Measures each stage alone and then the whole pipeline, one after the other in one process. The stages come first, so
 * that the just-in-time compiler is done with them when the whole is measured.
 */
public final class Bench {
    /** Frames kept as input for a stage that runs without the one before it. */
    private static final int KEPT = 8;

    private final Supplier<FrameSource> sources;
    private final SuperResolver resolver;
    private final Supplier<FrameSink> sinks;
    private final int limit;
    private final Consumer<String> step;

    /**
     * @param sources opens the input anew, each time
     * @param resolver not closed by this class
     * @param sinks makes an output that may be thrown away, each time
     * @param limit most frames to measure
     * @param step is told what is being measured
     */
    public Bench(
            Supplier<FrameSource> sources,
            SuperResolver resolver,
            Supplier<FrameSink> sinks,
            int limit,
            Consumer<String> step) {
        this.sources = sources;
        this.resolver = resolver;
        this.sinks = sinks;
        this.limit = limit;
        this.step = step;
    }

    /** @throws StreamException when the input has no frames, or a stage fails */
    public BenchResult run() {
        List<StageResult> stages = new ArrayList<>();
        try (KeptFrames decoded = new KeptFrames();
                KeptFrames upscaled = new KeptFrames()) {
            stages.add(decode(decoded));
            int frames = Math.min(limit, 60);
            IdleResolver idle = new IdleResolver(resolver);
            FrameFormat offered = FrameUpscaler.upscaled(decoded.format(), resolver);
            FrameFormat wanted = wantedBySink(offered);
            UpscalePipeline converting = UpscalePipeline.of(
                    new RepeatedFrames(decoded, frames), idle, new KeepingSink(wanted, new KeptFrames(), 0));
            step.accept("colour and tiles alone");
            converting.run().blockLast();
            step.accept("inference alone");
            StageResult inference = infer(idle, frames, decoded.format(), wanted);
            step.accept("encoding alone");
            UpscalePipeline.of(
                            new RepeatedFrames(decoded, Math.min(KEPT, frames)),
                            resolver,
                            new KeepingSink(wanted, upscaled, KEPT))
                    .run()
                    .blockLast();
            StageResult encoding = stage("encode", Alone.encode(sinks.get(), offered, upscaled, frames));
            stages.add(onOneThread("gather", converting.times().cpuNanos(Stage.GATHER), frames));
            stages.add(inference);
            stages.add(onOneThread("compose", converting.times().cpuNanos(Stage.COMPOSE), frames));
            stages.add(encoding);
        }
        step.accept("everything together");
        return whole(stages);
    }

    private StageResult decode(KeptFrames kept) {
        step.accept("decoding alone");
        return stage("decode", Alone.decode(new FirstFrames(sources.get(), limit), kept, KEPT));
    }

    private FrameFormat wantedBySink(FrameFormat offered) {
        try (FrameSink sink = sinks.get()) {
            return sink.open(offered);
        }
    }

    /** Like the pipeline's, one call after the other, always with the tiles that were asked for first. */
    private StageResult infer(IdleResolver asked, int frames, FrameFormat from, FrameFormat to) {
        Request tiles = asked.upscale();
        Request samples = asked.look();
        PictureContext context = PictureContext.NONE;
        Span looking = new Span(0, 0);
        if (samples != null) {
            try (TileBatch batch = samples.filling(resolver.newSamples(samples.shape()))) {
                context = resolver.look(batch);
                looking = Usage.of(() -> repeat(samples.calls(), () -> resolver.look(batch)));
            }
        }
        PictureContext seen = context;
        try (TileBatch batch = tiles.filling(resolver.newBatch(tiles.shape(), from, to))) {
            resolver.upscale(batch, seen);
            Span span = Usage.of(() -> repeat(tiles.calls(), () -> resolver.upscale(batch, seen)));
            return stage("infer", span.plus(looking), frames);
        }
    }

    private static void repeat(long times, Runnable work) {
        for (long i = 0; i < times; i++) {
            work.run();
        }
    }

    private BenchResult whole(List<StageResult> stages) {
        FrameSource source = new FirstFrames(sources.get(), limit);
        FrameFormat format = source.format();
        Steady steady = new Steady(limit);
        HaltingShares halting = new HaltingShares();
        Span span = Usage.of(() -> UpscalePipeline.of(source, resolver, sinks.get())
                .halting(halting::add)
                .run()
                .doOnNext(progress -> steady.frame(progress.frames()))
                .blockLast());
        return new BenchResult(
                format,
                resolver.traits(),
                steady.frames(),
                span.seconds(),
                span.cpuSeconds(),
                Runtime.getRuntime().availableProcessors(),
                List.copyOf(stages),
                halting,
                steady.allocatedPerFrame(),
                steady.resident());
    }

    private static StageResult stage(String name, Measured measured) {
        return stage(name, measured.span(), measured.frames());
    }

    private static StageResult stage(String name, Span span, long frames) {
        return new StageResult(name, span.seconds() / frames, span.cpuSeconds() / frames);
    }

    /** A stage that never leaves its thread uses as much CPU time as it is busy. */
    private static StageResult onOneThread(String name, long nanos, long frames) {
        double seconds = nanos / 1e9 / frames;
        return new StageResult(name, seconds, seconds);
    }
}
