package io.upflux.server.bench;

import io.upflux.buffer.NativeScope;
import io.upflux.colour.TileReader;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameUpscaler;
import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.SuperResolver.Traits;
import io.upflux.pipeline.TileBatch;
import io.upflux.pipeline.TilePlanes;
import io.upflux.pipeline.UpscalePipeline;
import io.upflux.reuse.ReuseMode;
import io.upflux.server.bench.drawn.MovingPattern;
import io.upflux.tile.TilePlan;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;

/**
 * Measures what a device gives with frames from memory and nobody who encodes: a network alone, the chain around it, and
 * streams at their own pace. By the wall clock, since a processor that waits for a device uses none.
 */
public final class DeviceBench {
    private static final int KEPT = 16;
    private static final int WARMING = 3;

    /** Of a still scene's sides, what moves: a sixteenth of the picture. */
    private static final int MOVING = 4;

    /** Of the picture that everybody can make: no two neighbours are alike. */
    private static final int PRIME = 7919;

    private final int width;
    private final int height;
    private final double seconds;

    /**
     * @param width of the frames, even
     * @param height likewise
     * @param seconds that each measurement takes, about
     */
    public DeviceBench(int width, int height, double seconds) {
        this.width = width;
        this.height = height;
        this.seconds = seconds;
    }

    /** Frames a second of the network alone, fed with what it takes of video, whose calls overlap as far as it has lanes. */
    public double network(SuperResolver resolver) {
        TileShape shape = resolver.tileFor(width, height);
        FrameFormat from = new MovingPattern(width, height, KEPT).format();
        FrameFormat to = FrameUpscaler.upscaled(from, resolver);
        int wider = resolver.takesPlanes(from, to) ? TileReader.reach(from.layout()) : 0;
        double share = (double) shape.batch() / tiles(resolver, shape, wider);
        int lanes = resolver.lanes();
        List<TileBatch> batches = new ArrayList<>();
        try {
            for (int lane = 0; lane < lanes; lane++) {
                TileBatch batch = resolver.newBatch(shape, from, to);
                batches.add(batch);
                fill(batch);
                for (int i = 0; i < WARMING; i++) {
                    resolver.upscale(batch, PictureContext.NONE);
                }
            }
            LongAdder calls = new LongAdder();
            long start = System.nanoTime();
            List<CompletableFuture<Void>> running = IntStream.range(0, lanes)
                    .mapToObj(lane -> CompletableFuture.runAsync(
                            () -> {
                                while ((System.nanoTime() - start) / 1e9 < seconds) {
                                    resolver.upscale(batches.get(lane), PictureContext.NONE);
                                    calls.increment();
                                }
                            },
                            call -> new Thread(call, "upflux-bench").start()))
                    .toList();
            ended(CompletableFuture.allOf(running.toArray(new CompletableFuture<?>[0])));
            return calls.sum() * share / ((System.nanoTime() - start) / 1e9);
        } finally {
            batches.forEach(TileBatch::close);
        }
    }

    /**
     * What the network makes of a picture that everybody can make for himself: sample i of its planes of R, G and B is
     * {@code i * 7919 % 256 / 255}.
     *
     * @return planar, white is 1
     */
    public float[] picture(SuperResolver resolver) {
        TileShape shape = resolver.tileFor(width, height);
        if (shape.batch() != 1 || shape.width() != width || shape.height() != height) {
            throw new StreamException(resolver.traits().name() + ": takes no picture of " + width + "x" + height
                    + " in one tile; choose a size that is a multiple of "
                    + resolver.traits().align());
        }
        try (TileBatch batch = resolver.newBatch(shape)) {
            fill(batch.input());
            resolver.upscale(batch, PictureContext.NONE);
            float[] made = new float[batch.output().capacity()];
            batch.output().get(0, made);
            return made;
        }
    }

    /**
     * Frames a second from frames in memory to upscaled frames that are thrown away.
     *
     * @param still whether the camera stands still and a sixteenth of the picture moves, rather than all of it
     * @param expected frames a second, of which follows how many are measured
     * @param begins called when all is ready and measuring begins
     */
    public double chain(SuperResolver resolver, ReuseMode mode, boolean still, double expected, Runnable begins) {
        int frames = (int) Math.max(2 * KEPT, expected * seconds);
        try (KeptFrames kept = frames(still)) {
            // In one chain, since what a chain has opened for squares of changing numbers is closed with it.
            Lap lap = new Lap(KEPT, begins);
            FrameFormat format = FrameUpscaler.upscaled(kept.format(), resolver);
            UpscalePipeline.of(
                            new RepeatedFrames(kept, KEPT + frames),
                            resolver,
                            new KeepingSink(format, new KeptFrames(), 0))
                    .reuse(mode, map -> {})
                    .run()
                    .doOnNext(progress -> lap.frame(System.nanoTime()))
                    .blockLast();
            return lap.fps();
        }
    }

    /**
     * What streams came to.
     *
     * @param fps frames a second, of all together
     * @param late seconds from when each frame was due to when it was upscaled, ascending
     */
    public record Streamed(double fps, double[] late) {}

    /**
     * Streams at once, each of so many frames a second.
     *
     * @param opened opens the network that they share, for one of them
     * @param begins called when all is ready and measuring begins
     */
    public Streamed streams(Supplier<SuperResolver> opened, int streams, double fps, Runnable begins) {
        int frames = (int) Math.max(2, seconds * fps);
        int first = (int) Math.min(frames / 2.0, fps);
        List<SuperResolver> resolvers = new ArrayList<>();
        try (KeptFrames kept = frames(false)) {
            for (int i = 0; i < streams; i++) {
                resolvers.add(opened.get());
            }
            FrameFormat format = FrameUpscaler.upscaled(kept.format(), resolvers.get(0));
            List<Pace> paces =
                    resolvers.stream().map(any -> new Pace(fps, frames)).toList();
            // So that what all streams share is open when the first frame is due.
            UpscalePipeline.of(
                            new RepeatedFrames(kept, KEPT),
                            resolvers.get(0),
                            new KeepingSink(format, new KeptFrames(), 0))
                    .live()
                    .run()
                    .blockLast();
            begins.run();
            long start = System.nanoTime();
            Flux.range(0, streams)
                    .flatMap(
                            i -> UpscalePipeline.of(
                                            new PacedFrames(kept, paces.get(i)),
                                            resolvers.get(i),
                                            new PacedSink(format, paces.get(i)))
                                    .live()
                                    .run(),
                            streams)
                    .blockLast();
            double took = (System.nanoTime() - start) / 1e9;
            double[] late = paces.stream()
                    .flatMapToDouble(pace -> Arrays.stream(pace.latencies(first)))
                    .sorted()
                    .toArray();
            return new Streamed((double) streams * frames / took, late);
        } finally {
            resolvers.forEach(SuperResolver::close);
        }
    }

    private KeptFrames frames(boolean still) {
        KeptFrames kept = new KeptFrames();
        try (NativeScope scope = new NativeScope()) {
            new MovingPattern(width, height, KEPT)
                    .frames(scope)
                    .doOnNext(frame -> {
                        if (still && kept.size() > 0) {
                            hold(kept.get(0), frame, kept.size());
                        }
                        kept.keep(frame);
                        frame.close();
                    })
                    .blockLast();
            return kept;
        } catch (RuntimeException | OutOfMemoryError e) {
            kept.close();
            throw e;
        }
    }

    /** Puts the first frame's samples back everywhere but in a rectangle that wanders to the right. */
    private static void hold(VideoFrame first, VideoFrame frame, int number) {
        for (int p = 0; p < frame.planes().size(); p++) {
            Plane from = first.plane(p);
            Plane to = frame.plane(p);
            int wide = to.width() / MOVING;
            int left = (to.width() - wide) * number / KEPT;
            int top = (to.height() - to.height() / MOVING) / 2;
            ByteBuffer source = from.data();
            for (int y = 0; y < to.height(); y++) {
                boolean beside = y < top || y >= top + to.height() / MOVING;
                int end = beside ? to.width() : left;
                to.data().put(y * to.stride(), source, y * from.stride(), end);
                if (!beside) {
                    int right = left + wide;
                    to.data().put(y * to.stride() + right, source, y * from.stride() + right, to.width() - right);
                }
            }
        }
    }

    private static void fill(TileBatch batch) {
        TilePlanes planes = batch.planes();
        if (planes == null) {
            fill(batch.input());
            return;
        }
        for (VideoFrame tile : planes.inputs()) {
            for (Plane plane : tile.planes()) {
                for (int i = 0; i < plane.data().capacity(); i++) {
                    plane.data().put(i, (byte) ((long) i * PRIME % 256));
                }
            }
        }
    }

    private static void fill(FloatBuffer input) {
        for (int i = 0; i < input.capacity(); i++) {
            input.put(i, (int) ((long) i * PRIME % 256) / 255f);
        }
    }

    private int tiles(SuperResolver resolver, TileShape shape, int wider) {
        Traits traits = resolver.traits();
        return TilePlan.cover(width, height, shape.width(), shape.height(), traits.halo() + wider, traits.align())
                .tiles()
                .size();
    }

    /** Waits for all calls, also those beside one that failed, since they use the batches. */
    private static void ended(CompletableFuture<Void> all) {
        try {
            all.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : e;
        }
    }
}
