package io.upflux.pipeline;

import io.upflux.buffer.Closer;
import io.upflux.pipeline.SuperResolver.TileShape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A resolver's batches of any kind, made when they are wanted and used again. Those that nobody uses are closed when they
 * are too many, the longest unused first: pictures of which much changed need more than those that follow. Thread-safe.
 */
final class BatchPool implements AutoCloseable {
    private final SuperResolver resolver;
    private final Function<TileShape, TileBatch> tiles;
    private final long mostIdle;
    private final Set<TileBatch> all = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Idle> idle = new ArrayDeque<>();
    private long idlePixels;

    /** What a batch is made for. */
    enum Use {
        TILES,
        CELLS,
        SAMPLES
    }

    /** Batches of one kind are all alike. */
    record Kind(Use use, TileShape shape) {
        long pixels() {
            return (long) shape.batch() * shape.width() * shape.height();
        }
    }

    private record Idle(Kind kind, TileBatch batch) {}

    /**
     * @param tiles how it makes batches of tiles
     * @param mostIdle LR pixels of batches that nobody uses
     */
    BatchPool(SuperResolver resolver, Function<TileShape, TileBatch> tiles, long mostIdle) {
        this.resolver = resolver;
        this.tiles = tiles;
        this.mostIdle = mostIdle;
    }

    /** @throws StreamException when there is none and none can be made */
    TileBatch take(Kind kind) {
        TileBatch known = idle(kind);
        if (known != null) {
            return known;
        }
        // Takes long where a session has to be made for it; others may give batches back meanwhile.
        TileBatch made = switch (kind.use()) {
            case TILES -> tiles.apply(kind.shape());
            case CELLS -> resolver.newCells(kind.shape());
            case SAMPLES -> resolver.newSamples(kind.shape());
        };
        synchronized (this) {
            all.add(made);
        }
        return made;
    }

    private synchronized @Nullable TileBatch idle(Kind kind) {
        for (Iterator<Idle> newest = idle.descendingIterator(); newest.hasNext(); ) {
            Idle one = newest.next();
            if (one.kind().equals(kind)) {
                newest.remove();
                idlePixels -= kind.pixels();
                return one.batch();
            }
        }
        return null;
    }

    /** Gives back what {@link #take} gave. */
    void give(Kind kind, TileBatch batch) {
        tooMany(new Idle(kind, batch)).forEach(TileBatch::close);
    }

    private synchronized List<TileBatch> tooMany(Idle more) {
        idle.add(more);
        idlePixels += more.kind().pixels();
        List<TileBatch> old = new ArrayList<>();
        while (idlePixels > mostIdle) {
            Idle oldest = idle.remove();
            idlePixels -= oldest.kind().pixels();
            all.remove(oldest.batch());
            old.add(oldest.batch());
        }
        return old;
    }

    /** To be called when no stage uses a batch any more; closes those that were not given back, too. */
    @Override
    public synchronized void close() {
        try (Closer closer = new Closer()) {
            all.forEach(closer::own);
        }
        all.clear();
        idle.clear();
    }
}
