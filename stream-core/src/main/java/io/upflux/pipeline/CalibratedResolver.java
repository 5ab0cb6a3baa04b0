package io.upflux.pipeline;

import io.upflux.reuse.Origins;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A resolver whose squares cost what was measured instead of what it supposes; all else is the resolver's. */
public final class CalibratedResolver implements SuperResolver {
    private final SuperResolver resolver;
    private final Calibration calibration;

    private CalibratedResolver(SuperResolver resolver, Calibration calibration) {
        this.resolver = resolver;
        this.calibration = calibration;
    }

    /**
     * @param resolver closed with what is returned
     * @param calibration null where nothing was measured: the resolver itself is returned
     */
    public static SuperResolver of(SuperResolver resolver, @Nullable Calibration calibration) {
        return calibration == null ? resolver : new CalibratedResolver(resolver, calibration);
    }

    @Override
    public Optional<Cells> cells(int frameWidth, int frameHeight) {
        return resolver.cells(frameWidth, frameHeight).map(calibration::applyTo);
    }

    @Override
    public Traits traits() {
        return resolver.traits();
    }

    @Override
    public TileShape tileFor(int frameWidth, int frameHeight) {
        return resolver.tileFor(frameWidth, frameHeight);
    }

    @Override
    public TileBatch newBatch(TileShape shape) {
        return resolver.newBatch(shape);
    }

    @Override
    public Optional<TileShape> samples(int frameWidth, int frameHeight) {
        return resolver.samples(frameWidth, frameHeight);
    }

    @Override
    public TileBatch newSamples(TileShape shape) {
        return resolver.newSamples(shape);
    }

    @Override
    public PictureContext look(TileBatch samples) {
        return resolver.look(samples);
    }

    @Override
    public PictureContext look(TileBatch samples, long deadline) {
        return resolver.look(samples, deadline);
    }

    @Override
    public TileBatch newCells(TileShape shape) {
        return resolver.newCells(shape);
    }

    @Override
    public int lanes() {
        return resolver.lanes();
    }

    @Override
    public void upscale(TileBatch batch, PictureContext context) {
        resolver.upscale(batch, context);
    }

    @Override
    public void upscale(List<Placed> work, List<Origins> origins, PictureContext context, PictureMemory memory) {
        resolver.upscale(work, origins, context, memory);
    }

    @Override
    public void upscale(List<Stroke> strokes) {
        resolver.upscale(strokes);
    }

    @Override
    public List<Stroke> companions(Stroke first, List<Stroke> waiting) {
        return resolver.companions(first, waiting);
    }

    @Override
    public PictureMemory newMemory(int frameWidth, int frameHeight) {
        return resolver.newMemory(frameWidth, frameHeight);
    }

    @Override
    public void interrupt() {
        resolver.interrupt();
    }

    @Override
    public void interrupt(Thread caller) {
        resolver.interrupt(caller);
    }

    @Override
    public void close() {
        resolver.close();
    }
}
