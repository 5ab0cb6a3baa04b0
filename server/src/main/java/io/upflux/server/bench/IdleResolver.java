package io.upflux.server.bench;

import io.upflux.pipeline.ForwardingResolver;
import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.TileBatch;
import java.nio.FloatBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks like a resolver and computes nothing; remembers what it was asked to compute. */
final class IdleResolver extends ForwardingResolver {
    private volatile @Nullable Request upscale;
    private volatile @Nullable Request look;

    IdleResolver(SuperResolver like) {
        super(like);
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

    /** What {@link #upscale(List)} was asked. */
    Request upscale() {
        Request asked = upscale;
        if (asked == null) {
            throw new IllegalStateException("no batch was upscaled yet");
        }
        return asked;
    }

    /** What {@link #look(TileBatch, long)} was asked, if anything. */
    @Nullable
    Request look() {
        return look;
    }

    @Override
    public PictureContext look(TileBatch samples, long deadline) {
        look = Request.after(look, samples);
        return PictureContext.NONE;
    }

    @Override
    public void upscale(List<Stroke> strokes) {
        for (Stroke stroke : strokes) {
            stroke.work().forEach(placed -> upscale = Request.after(upscale, placed.batch()));
        }
    }

    @Override
    public void interrupt() {}

    @Override
    public void close() {}
}
