package io.upflux.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The batches a pipeline works with, a fixed number: memory is bounded by slots. Whoever wants one more than there are
 * waits until a later stage gives one back.
 */
final class BatchSlots implements AutoCloseable {
    private final Supplier<TileBatch> maker;
    private final BlockingQueue<TileBatch> idle;
    private final List<TileBatch> all = new ArrayList<>();
    private final int capacity;
    private volatile boolean closing;

    /** @param maker of batches, all alike */
    BatchSlots(Supplier<TileBatch> maker, int capacity) {
        this.maker = maker;
        this.capacity = capacity;
        this.idle = new LinkedBlockingQueue<>();
    }

    /** Only one thread acquires. */
    TileBatch acquire() {
        TileBatch batch = idle.poll();
        if (batch != null) {
            return batch;
        }
        synchronized (all) {
            if (all.size() < capacity && !closing) {
                TileBatch made = maker.get();
                all.add(made);
                return made;
            }
        }
        try {
            while (!closing) {
                batch = idle.poll(50, TimeUnit.MILLISECONDS);
                if (batch != null) {
                    return batch;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new StreamException("the pipeline was stopped");
    }

    void release(TileBatch batch) {
        idle.add(batch);
    }

    /** Makes a waiting {@link #acquire} fail. */
    void stop() {
        closing = true;
    }

    /** To be called when no stage uses a batch any more. */
    @Override
    public void close() {
        stop();
        synchronized (all) {
            all.forEach(TileBatch::close);
            all.clear();
        }
        idle.clear();
    }
}
