package io.upflux.pipeline;

import io.upflux.colour.TileReader;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.BatchPool.Kind;
import io.upflux.pipeline.BatchPool.Use;
import io.upflux.pipeline.StageTimes.Moment;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.tile.SamplePlan;
import io.upflux.tile.SamplePlan.Position;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Gathers samples of a frame and promises the context that the resolver makes of them. The first tile that asks for it
 * has it made; the frame's other tiles wait for the same one.
 */
final class Look {
    private final SuperResolver resolver;
    private final BatchPool pool;
    private final Slots slots;
    private final SamplePlan plan;
    private final Kind kind;
    private final TileReader reader;
    private final int samplesPerTile;
    private final Scheduler inference;
    private final StageTimes times;

    /**
     * @param pool of the resolver's batches
     * @param slots of frames that are looked at
     * @param shape of the samples
     */
    Look(
            SuperResolver resolver,
            BatchPool pool,
            Slots slots,
            SamplePlan plan,
            TileShape shape,
            FrameFormat from,
            Scheduler inference,
            StageTimes times) {
        this.resolver = resolver;
        this.pool = pool;
        this.slots = slots;
        this.plan = plan;
        this.kind = new Kind(Use.SAMPLES, shape);
        this.reader = new TileReader(from, resolver.traits().channels());
        this.samplesPerTile = resolver.traits().channels() * shape.width() * shape.height();
        this.inference = inference;
        this.times = times;
    }

    /** @param deadline of the frame, as of a stroke */
    Mono<PictureContext> of(VideoFrame frame, long deadline) {
        slots.acquire();
        TileBatch samples = pool.take(kind);
        TileShape shape = kind.shape();
        Moment start = Moment.now();
        int at = 0;
        for (Position position : plan.positions()) {
            reader.read(frame, position.x(), position.y(), shape.width(), shape.height(), samples.input(), at);
            at += samplesPerTile;
        }
        times.since(Stage.GATHER, start);
        return Mono.fromCallable(() -> look(samples, deadline))
                .subscribeOn(inference)
                .cache();
    }

    private PictureContext look(TileBatch samples, long deadline) {
        Moment start = times.enter(Stage.INFER);
        try {
            return resolver.look(samples, deadline);
        } finally {
            pool.give(kind, samples);
            slots.release();
            times.leave(Stage.INFER, start);
        }
    }
}
