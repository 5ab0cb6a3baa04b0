package io.upflux.server.bench;

import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.TileBatch;
import org.jspecify.annotations.Nullable;

/** Looks like a resolver and computes nothing; remembers what it was asked to compute. */
final class IdleResolver implements SuperResolver {
    private final SuperResolver like;
    private volatile @Nullable TileShape shape;
    private volatile long calls;

    IdleResolver(SuperResolver like) {
        this.like = like;
    }

    /** The shape of the batches it was fed. */
    TileShape shape() {
        TileShape asked = shape;
        if (asked == null) {
            throw new IllegalStateException("no batch was made yet");
        }
        return asked;
    }

    /** How many batches it was fed. */
    long calls() {
        return calls;
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
    public TileBatch newBatch(TileShape wanted) {
        shape = wanted;
        return like.newBatch(wanted);
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time, by contract
    public void upscale(TileBatch batch, PictureContext context) {
        calls++;
    }

    @Override
    public void interrupt() {}

    @Override
    public void close() {}
}
