package io.upflux.models.resize;

import io.upflux.models.tile.TileChoice;
import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.TileBatch;
import java.util.List;
import java.util.Optional;

/** Leaves every sample as it is: for tests, and to measure a pipeline without its network. */
public final class IdentityResolver implements SuperResolver {
    private static final Traits TRAITS = new Traits("identity-x1", 1, 3, 1, 0, "java", "fp32", 0, 0);
    private static final int TILE_PIXELS = 1 << 18;

    @Override
    public Traits traits() {
        return TRAITS;
    }

    @Override
    public TileShape tileFor(int frameWidth, int frameHeight) {
        return new TileChoice(TILE_PIXELS, 0, 1).forFrame(frameWidth, frameHeight);
    }

    @Override
    public TileBatch newBatch(TileShape shape) {
        return new JavaBatch(TRAITS, shape);
    }

    @Override
    public Optional<Cells> cells(int frameWidth, int frameHeight) {
        return Optional.of(new Cells(List.of(16, 32, 64, 128), 0, List.of()));
    }

    @Override
    public void upscale(TileBatch batch, PictureContext context) {
        batch.output().put(0, batch.input(), 0, batch.input().capacity());
    }

    @Override
    public void interrupt() {
        // A copy is over before anyone could wait for it.
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
