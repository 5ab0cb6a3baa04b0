package io.upflux.server.bench;

import io.upflux.frame.Plane;
import io.upflux.pipeline.ForwardingResolver;
import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.TileBatch;
import io.upflux.pipeline.TilePlanes;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;
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
     * @param input of the first; of planes those of all tiles, one after the other
     * @param calls how many there were
     */
    record Request(TileShape shape, ByteBuffer input, long calls) {
        /** The request of one more call. */
        private static Request after(@Nullable Request before, TileBatch batch) {
            if (before != null) {
                return new Request(before.shape, before.input, before.calls + 1);
            }
            TilePlanes planes = batch.planes();
            if (planes != null) {
                ByteBuffer copy = ByteBuffer.allocate(
                        buffers(planes).mapToInt(ByteBuffer::capacity).sum());
                buffers(planes).forEach(plane -> copy.put(plane.duplicate().clear()));
                return new Request(batch.shape(), copy.flip(), 1);
            }
            ByteBuffer copy = ByteBuffer.allocate(Float.BYTES * batch.input().capacity());
            copy.asFloatBuffer().put(batch.input().duplicate());
            return new Request(batch.shape(), copy, 1);
        }

        private static Stream<ByteBuffer> buffers(TilePlanes planes) {
            return planes.inputs().stream()
                    .flatMap(tile -> tile.planes().stream())
                    .map(Plane::data);
        }

        /** Gives {@code batch}, which is of the same kind, the first call's input. */
        TileBatch filling(TileBatch batch) {
            TilePlanes own = batch.planes();
            if (own == null) {
                batch.input().put(0, input.asFloatBuffer(), 0, batch.input().capacity());
                return batch;
            }
            ByteBuffer from = input.duplicate();
            buffers(own).forEach(plane -> {
                plane.put(0, from, from.position(), plane.capacity());
                from.position(from.position() + plane.capacity());
            });
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
