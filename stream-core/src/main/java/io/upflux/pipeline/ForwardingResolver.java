package io.upflux.pipeline;

import io.upflux.frame.FrameFormat;
import io.upflux.reuse.Origins;
import java.util.List;
import java.util.Optional;

/**
 * A resolver that leaves to another one whatever it does not override, all defaults included: where strokes are to be met,
 * it is {@link #upscale(List)} that a pipeline calls, and for looking {@link #look(TileBatch, long)}. Who reads or writes
 * batches must look for {@link TileBatch#planes}, or take none.
 */
public abstract class ForwardingResolver implements SuperResolver {
    private final SuperResolver resolver;

    /** @param resolver closed with this */
    protected ForwardingResolver(SuperResolver resolver) {
        this.resolver = resolver;
    }

    /** The one that all else is left to. */
    protected SuperResolver resolver() {
        return resolver;
    }

    @Override
    public Optional<Cells> cells(int frameWidth, int frameHeight) {
        return resolver.cells(frameWidth, frameHeight);
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
    public boolean takesPlanes(FrameFormat from, FrameFormat to) {
        return resolver.takesPlanes(from, to);
    }

    @Override
    public TileBatch newBatch(TileShape shape, FrameFormat from, FrameFormat to) {
        return resolver.newBatch(shape, from, to);
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
