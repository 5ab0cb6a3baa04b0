package io.upflux.server.bench;

import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.TileBatch;
import java.nio.FloatBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks like a resolver and computes nothing; remembers what it was asked to compute. */
final class IdleResolver implements SuperResolver {
    private final SuperResolver like;
    private volatile @Nullable Request upscale;
    private volatile @Nullable Request look;

    IdleResolver(SuperResolver like) {
        this.like = like;
    }

    /**
     * One kind of calls.
     *
     * @param input of the first
     * @param calls how many there were
     */
    record Request(TileShape shape, FloatBuffer input, long calls) {
        /** The request of one more call. */
        private static Request after(@Nullable Request before, TileBatch batch) {
            if (before != null) {
                return new Request(before.shape, before.input, before.calls + 1);
            }
            FloatBuffer copy = FloatBuffer.allocate(batch.input().capacity());
            copy.put(0, batch.input(), 0, copy.capacity());
            return new Request(batch.shape(), copy, 1);
        }

        /** Gives {@code batch} the first call's input. */
        TileBatch filling(TileBatch batch) {
            batch.input().put(0, input, 0, input.capacity());
            return batch;
        }
    }

    /** What {@link #upscale(TileBatch, PictureContext)} was asked. */
    Request upscale() {
        Request asked = upscale;
        if (asked == null) {
            throw new IllegalStateException("no batch was upscaled yet");
        }
        return asked;
    }

    /** What {@link #look(TileBatch)} was asked, if anything. */
    @Nullable
    Request look() {
        return look;
    }

    @Override
    public Traits traits() {
        return like.traits();
    }

    @Override
    public TileShape tileFor(int frameWidth, int frameHeight) {
        return like.tileFor(frameWidth, frameHeight);
    }

    @Override
    public TileBatch newBatch(TileShape shape) {
        return like.newBatch(shape);
    }

    @Override
    public Optional<TileShape> samples(int frameWidth, int frameHeight) {
        return like.samples(frameWidth, frameHeight);
    }

    @Override
    public TileBatch newSamples(TileShape shape) {
        return like.newSamples(shape);
    }

    @Override
    public PictureContext look(TileBatch samples) {
        look = Request.after(look, samples);
        return PictureContext.NONE;
    }

    @Override
    public void upscale(TileBatch batch, PictureContext context) {
        upscale = Request.after(upscale, batch);
    }

    @Override
    public void interrupt() {}

    @Override
    public void close() {}
}
