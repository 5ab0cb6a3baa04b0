package io.upflux.models.sharing;

import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.PictureMemory;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.TileBatch;
import io.upflux.reuse.Origins;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One user's part in a network that others use, too. Its calls wait for their turn among those of all; interrupting and
 * closing it is nothing that the others feel. Batches, memories and contexts are the network's own.
 */
final class SharedResolver implements SuperResolver {
    private final SuperResolver network;
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
        this.network = network;
        this.queue = queue;
        this.share = share;
        this.leave = leave;
    }

    SuperResolver network() {
        return network;
    }

    double share() {
        return share;
    }

    boolean isClosed() {
        return closed.get();
    }

    @Override
    public Traits traits() {
        return network.traits();
    }

    @Override
    public TileShape tileFor(int frameWidth, int frameHeight) {
        return network.tileFor(frameWidth, frameHeight);
    }

    @Override
    public TileBatch newBatch(TileShape shape) {
        return open().newBatch(shape);
    }

    @Override
    public Optional<TileShape> samples(int frameWidth, int frameHeight) {
        return network.samples(frameWidth, frameHeight);
    }

    @Override
    public TileBatch newSamples(TileShape shape) {
        return open().newSamples(shape);
    }

    @Override
    public Optional<Cells> cells(int frameWidth, int frameHeight) {
        return network.cells(frameWidth, frameHeight);
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
    public int lanes() {
        return network.lanes();
    }

    @Override
    public PictureContext look(TileBatch samples) {
        return look(samples, Stroke.NO_DEADLINE);
    }

    @Override
    public PictureContext look(TileBatch samples, long deadline) {
        PictureContext[] seen = {PictureContext.NONE};
        queue.call(this, null, deadline, () -> seen[0] = network.look(samples));
        return seen[0];
    }

    @Override
    public void upscale(TileBatch batch, PictureContext context) {
        queue.call(this, null, Stroke.NO_DEADLINE, () -> network.upscale(batch, context));
    }

    @Override
    public void upscale(List<Placed> work, List<Origins> origins, PictureContext context, PictureMemory memory) {
        upscale(List.of(new Stroke(work, origins, context, memory, Stroke.NO_DEADLINE)));
    }

    @Override
    public void upscale(List<Stroke> strokes) {
        for (Stroke stroke : strokes) {
            queue.call(this, stroke, stroke.deadline(), () -> network.upscale(List.of(stroke)));
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
        return network;
    }
}
