package io.upflux.models.resize;

import io.upflux.models.tile.TileMemory;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.SuperResolver.Traits;
import io.upflux.pipeline.TileBatch;
import java.nio.FloatBuffer;

/** Memory of one batch of a resizer. */
final class JavaBatch implements TileBatch {
    private final TileShape shape;
    private final TileMemory memory = new TileMemory();
    private final FloatBuffer input;
    private final FloatBuffer output;

    JavaBatch(Traits traits, TileShape shape) {
        this.shape = shape;
        int images = shape.batch() * traits.channels();
        int scale = traits.scale();
        try {
            input = memory.allocate(traits.name(), Float.BYTES, images, shape.height(), shape.width())
                    .asFloatBuffer();
            output = memory.allocate(
                            traits.name(),
                            Float.BYTES,
                            images,
                            (long) scale * shape.height(),
                            (long) scale * shape.width())
                    .asFloatBuffer();
        } catch (RuntimeException | OutOfMemoryError e) {
            memory.close();
            throw e;
        }
    }

    @Override
    public TileShape shape() {
        return shape;
    }

    @Override
    public FloatBuffer input() {
        return input;
    }

    @Override
    public FloatBuffer output() {
        return output;
    }

    @Override
    public void close() {
        memory.close();
    }
}
