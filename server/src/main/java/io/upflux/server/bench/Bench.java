package io.upflux.server.bench;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.FrameSource;
import io.upflux.pipeline.FrameUpscaler;
import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.Stage;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.TileBatch;
import io.upflux.pipeline.UpscalePipeline;
import io.upflux.server.bench.BenchResult.StageResult;
import io.upflux.server.bench.Usage.Span;
import java.nio.FloatBuffer;
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
            StageResult inference = infer(idle.shape(), (double) idle.calls() / frames, frames);
            step.accept("encoding alone");
            UpscalePipeline.of(
                            new RepeatedFrames(decoded, Math.min(KEPT, frames)),
                            resolver,
                            new KeepingSink(wanted, upscaled, KEPT))
                    .run()
                    .blockLast();
            StageResult encoding = encode(offered, upscaled, frames);
            stages.add(onOneThread("gather", converting.times().nanos(Stage.GATHER), frames));
            stages.add(inference);
            stages.add(onOneThread("compose", converting.times().nanos(Stage.COMPOSE), frames));
            stages.add(encoding);
        }
        step.accept("everything together");
        return whole(stages);
    }

    private StageResult decode(KeptFrames kept) {
        step.accept("decoding alone");
        long[] frames = new long[1];
        try (FrameSource source = new FirstFrames(sources.get(), limit);
                NativeScope scope = new NativeScope()) {
            Span span = Usage.of(() -> source.frames(scope)
                    .doOnNext(frame -> {
                        if (frames[0]++ < KEPT) {
                            kept.keep(frame);
                        }
                        frame.close();
                    })
                    .blockLast());
            if (frames[0] == 0) {
                throw new StreamException("the input has no frames to measure with");
            }
            return stage("decode", span, frames[0]);
        }
    }

    private FrameFormat wantedBySink(FrameFormat offered) {
        try (FrameSink sink = sinks.get()) {
            return sink.open(offered);
        }
    }

    private StageResult infer(SuperResolver.TileShape shape, double callsPerFrame, int frames) {
        try (TileBatch batch = resolver.newBatch(shape)) {
            FloatBuffer input = batch.input();
            for (int i = 0; i < input.capacity(); i++) {
                input.put(i, (i % 251) / 251f);
            }
            resolver.upscale(batch, PictureContext.NONE);
            long calls = Math.max(1, Math.round(callsPerFrame * frames));
            Span span = Usage.of(() -> {
                for (long i = 0; i < calls; i++) {
                    resolver.upscale(batch, PictureContext.NONE);
                }
            });
            return new StageResult(
                    "infer", span.seconds() / calls * callsPerFrame, span.cpuSeconds() / calls * callsPerFrame);
        }
    }

    private StageResult encode(FrameFormat offered, KeptFrames pictures, int frames) {
        double[] copying = new double[1];
        try (FrameSink sink = sinks.get();
                NativeScope scope = new NativeScope()) {
            sink.open(offered);
            long ticks = Math.max(1, pictures.at(1).pts() - pictures.at(0).pts());
            Span span = Usage.of(() -> {
                for (int i = 0; i < frames; i++) {
                    double start = Usage.threadSeconds();
                    VideoFrame frame = pictures.copyAt(i, scope, i * ticks, ticks);
                    copying[0] += Usage.threadSeconds() - start;
                    sink.write(frame);
                }
                sink.finish();
            });
            return stage("encode", span.minusCpu(copying[0]), frames);
        }
    }

    private BenchResult whole(List<StageResult> stages) {
        FrameSource source = new FirstFrames(sources.get(), limit);
        FrameFormat format = source.format();
        Steady steady = new Steady(limit);
        Span span = Usage.of(() -> UpscalePipeline.of(source, resolver, sinks.get())
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
                steady.allocatedPerFrame(),
                steady.resident());
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
