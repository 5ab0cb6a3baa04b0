package io.upflux.models.sharing;

import io.upflux.frame.FrameFormat;
import io.upflux.pipeline.ForwardingResolver;
import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.PictureMemory;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.TileBatch;
import io.upflux.reuse.Origins;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One user's part in a network that others use, too. Its calls wait for their turn among those of all; interrupting and
 * closing it is nothing that the others feel. Batches, memories and contexts are the network's own.
 */
final class SharedResolver extends ForwardingResolver {
    private final CallQueue queue;
    private final double share;
    private final Runnable leave;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * @param network whose calls all go through the queue
     * @param share of its device that one call takes
     * @param leave says that this one no longer needs the network
     */
    SharedResolver(SuperResolver network, CallQueue queue, double share, Runnable leave) {
        super(network);
        this.queue = queue;
        this.share = share;
        this.leave = leave;
    }

    SuperResolver network() {
        return resolver();
    }

    double share() {
        return share;
    }

    boolean isClosed() {
        return closed.get();
    }

    @Override
    public TileBatch newBatch(TileShape shape) {
        return open().newBatch(shape);
    }

    /** Out of turn: it is tried once, and known from then on. */
    @Override
    public boolean takesPlanes(FrameFormat from, FrameFormat to) {
        return open().takesPlanes(from, to);
    }

    @Override
    public TileBatch newBatch(TileShape shape, FrameFormat from, FrameFormat to) {
        return open().newBatch(shape, from, to);
    }

    @Override
    public TileBatch newSamples(TileShape shape) {
        return open().newSamples(shape);
    }

    @Override
    public TileBatch newCells(TileShape shape) {
        return open().newCells(shape);
    }

    @Override
    public PictureMemory newMemory(int frameWidth, int frameHeight) {
        return open().newMemory(frameWidth, frameHeight);
    }

    @Override
    public PictureContext look(TileBatch samples) {
        return look(samples, Stroke.NO_DEADLINE);
    }

    @Override
    public PictureContext look(TileBatch samples, long deadline) {
        PictureContext[] seen = {PictureContext.NONE};
        queue.call(this, null, deadline, () -> seen[0] = resolver().look(samples));
        return seen[0];
    }

    @Override
    public void upscale(TileBatch batch, PictureContext context) {
        queue.call(this, null, Stroke.NO_DEADLINE, () -> resolver().upscale(batch, context));
    }

    @Override
    public void upscale(List<Placed> work, List<Origins> origins, PictureContext context, PictureMemory memory) {
        upscale(List.of(new Stroke(work, origins, context, memory, Stroke.NO_DEADLINE)));
    }

    @Override
    public void upscale(List<Stroke> strokes) {
        for (Stroke stroke : strokes) {
            queue.call(this, stroke, stroke.deadline(), () -> resolver().upscale(List.of(stroke)));
        }
    }

    /** Of this one's calls alone. What is computed together with others' is not broken off; it ends soon by itself. */
    @Override
    public void interrupt() {
        queue.interrupt(this);
    }

    /** Interrupts this one's calls and waits for them; the last one closes the network. Idempotent. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            queue.interrupt(this);
            queue.awaitIdle(this);
            leave.run();
        }
    }

    private SuperResolver open() {
        if (closed.get()) {
            throw new StreamException(traits().name() + ": is closed");
        }
        return resolver();
    }
}
