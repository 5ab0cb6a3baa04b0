package io.upflux.server.bench;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.FrameSource;
import io.upflux.pipeline.FrameUpscaler;
import io.upflux.pipeline.Stage;
import io.upflux.pipeline.StageTimes;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.UpscalePipeline;
import io.upflux.reuse.InferenceCost;
import io.upflux.reuse.ReuseMode;
import io.upflux.reuse.WindowShares;
import io.upflux.server.bench.ReuseResult.Figures;
import io.upflux.server.bench.Usage.Span;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Measures what reuse gains and costs: each clip through each model without it, exactly and nearly, one right after the
 * other in one process, as a file is upscaled and compared with the ground truth. Resolvers must infer on the thread that
 * calls them, or inference costs more processor time than is seen.
 */
public final class ReuseBench {
    /** Frames that a model is run in with, before anything is measured on a clip. */
    private static final int RUN_IN = 4;

    private final Supplier<FrameSink> sinks;
    private final int limit;
    private final Consumer<String> step;
    private final @Nullable Pictures pictures;

    /** Takes pictures of where each mode loses most. */
    @FunctionalInterface
    public interface Pictures {
        /** @param picture 8-bit grey, borrowed */
        void take(String clip, String model, ReuseMode mode, VideoFrame picture);
    }

    /**
     * @param sinks makes an output that may be thrown away, each time
     * @param limit most frames of a clip
     * @param step is told what is being measured
     * @param pictures null where nobody wants to look
     */
    public ReuseBench(Supplier<FrameSink> sinks, int limit, Consumer<String> step, @Nullable Pictures pictures) {
        this.pictures = pictures;
        this.sinks = sinks;
        this.limit = limit;
        this.step = step;
    }

    /** What a run in one mode gave. */
    private record Run(
            ReuseMode mode, long frames, Span span, StageTimes times, WindowShares windows, InferenceCost inference) {
        Map<Stage, Double> stageSeconds() {
            Map<Stage, Double> seconds = new EnumMap<>(Stage.class);
            for (Stage stage : List.of(Stage.PLAN, Stage.GATHER, Stage.INFER, Stage.COMPOSE)) {
                seconds.put(stage, times.cpuNanos(stage) / 1e9 / frames);
            }
            return seconds;
        }

        double seconds() {
            return span.cpuSeconds() / frames;
        }
    }

    /**
     * @return one for each mode: off, exact, near
     * @throws StreamException when the clip has no frames, or its ground truth has another size or fewer frames
     */
    public List<ReuseResult> measure(ReuseClip clip, SuperResolver resolver) {
        String model = resolver.traits().name();
        step.accept(clip.name() + ", " + model);
        runIn(clip, resolver);
        List<ReuseResult> results = new ArrayList<>();
        try (KeptFrames truth = truth(clip);
                KeptFrames plain = new KeptFrames()) {
            double decoding = decoding(clip);
            Run off = run(clip, resolver, ReuseMode.OFF, plain);
            double encoding = encoding(clip, resolver, plain);
            Quality offQuality = quality(truth.size() > 0 ? truth : plain, plain);
            Figures figures = truth.size() > 0 ? Figures.against(true, offQuality, offQuality) : null;
            results.add(result(clip, model, off, off, decoding + encoding, figures));
            for (ReuseMode mode : List.of(ReuseMode.EXACT, ReuseMode.NEAR)) {
                try (KeptFrames kept = new KeptFrames()) {
                    Run run = run(clip, resolver, mode, kept);
                    Quality quality = quality(truth.size() > 0 ? truth : plain, kept);
                    figures = Figures.against(truth.size() > 0, quality, offQuality);
                    results.add(result(clip, model, run, off, decoding + encoding, figures));
                    look(
                            clip,
                            model,
                            mode,
                            plain,
                            kept,
                            quality.mostLost(offQuality, plain.format().width()));
                }
            }
        }
        return results;
    }

    private void look(
            ReuseClip clip, String model, ReuseMode mode, KeptFrames plain, KeptFrames kept, Quality.Block where) {
        if (pictures == null) {
            return;
        }
        try (NativeScope scope = new NativeScope();
                VideoFrame picture = BlockPicture.of(plain.get(where.frame()), kept.get(where.frame()), where, scope)) {
            pictures.take(clip.name(), model, mode, picture);
        }
    }

    private ReuseResult result(
            ReuseClip clip, String model, Run run, Run off, double coding, @Nullable Figures figures) {
        double left = (double) run.times().cpuNanos(Stage.INFER) / off.times().cpuNanos(Stage.INFER);
        double rest = Math.max(0, off.seconds() - coding);
        return new ReuseResult(
                clip.name(),
                model,
                run.mode(),
                run.frames(),
                run.stageSeconds(),
                run.seconds(),
                coding + rest * left,
                run.windows(),
                run.inference(),
                figures);
    }

    private Run run(ReuseClip clip, SuperResolver resolver, ReuseMode mode, KeptFrames kept) {
        WindowShares[] windows = {WindowShares.NONE};
        InferenceCost[] inference = {InferenceCost.NONE};
        FrameSource source = new FirstFrames(clip.source().get(), limit);
        UpscalePipeline pipeline = UpscalePipeline.of(source, resolver, new TeeSink(sinks.get(), kept))
                .reuse(mode, map -> {
                    windows[0] = windows[0].plus(map.shares());
                    inference[0] = inference[0].plus(map.inference());
                });
        Span span = Usage.of(() -> pipeline.run().blockLast());
        return new Run(mode, kept.size(), span, pipeline.times(), windows[0], inference[0]);
    }

    /** Runtimes plan each shape when they first meet it, and the just-in-time compiler takes a while. */
    private void runIn(ReuseClip clip, SuperResolver resolver) {
        for (ReuseMode mode : ReuseMode.values()) {
            FrameFormat format;
            try (FrameSource source = clip.source().get()) {
                format = FrameUpscaler.upscaled(source.format(), resolver);
            }
            UpscalePipeline.of(
                            new FirstFrames(clip.source().get(), Math.min(limit, RUN_IN)),
                            resolver,
                            new KeepingSink(format, new KeptFrames(), 0))
                    .reuse(mode, map -> {})
                    .run()
                    .blockLast();
        }
    }

    /** Processor seconds a frame. */
    private double decoding(ReuseClip clip) {
        FrameSource source = new FirstFrames(clip.source().get(), limit);
        return Alone.decode(source, new KeptFrames(), 0).cpuSecondsPerFrame();
    }

    /** The same. */
    private double encoding(ReuseClip clip, SuperResolver resolver, KeptFrames pictures) {
        FrameFormat offered;
        try (FrameSource source = clip.source().get()) {
            offered = FrameUpscaler.upscaled(source.format(), resolver);
        }
        return Alone.encode(sinks.get(), offered, pictures, pictures.size()).cpuSecondsPerFrame();
    }

    private KeptFrames truth(ReuseClip clip) {
        KeptFrames kept = new KeptFrames();
        Supplier<FrameSource> truth = clip.truth();
        if (truth != null) {
            Alone.decode(new FirstFrames(truth.get(), limit), kept, limit);
        }
        return kept;
    }

    private static Quality quality(KeptFrames reference, KeptFrames made) {
        if (reference.size() < made.size()) {
            throw new StreamException("there are " + made.size() + " upscaled frames, but only " + reference.size()
                    + " to compare them with");
        }
        QualityMeter meter = new QualityMeter();
        for (int i = 0; i < made.size(); i++) {
            meter.add(reference.get(i), made.get(i));
        }
        return meter.result();
    }
}
