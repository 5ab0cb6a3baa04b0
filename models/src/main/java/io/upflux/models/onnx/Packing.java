package io.upflux.models.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.tile.BatchSizes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Computes the tiles of several batches in fewer ones: those of one shape move together into batches of its own, and what
 * is made of them moves back. Keeps the few of these that it used last. Thread-safe.
 */
final class Packing implements AutoCloseable {
    private static final int IDLE = 16;

    private final BatchSizes sizes;
    private final Function<TileShape, Packable> maker;
    private final Deque<Packable> idle = new ArrayDeque<>();
    private boolean closed;

    /**
     * @param fixed tiles of every batch, 0 where the network takes any number
     * @param maker of batches of its own
     */
    Packing(int fixed, Function<TileShape, Packable> maker) {
        this.sizes = fixed > 0 ? new BatchSizes(List.of(fixed), Long.MAX_VALUE) : BatchSizes.CELLS;
        this.maker = maker;
    }

    /** A batch whose first places are filled. */
    record Filled(Packable batch, int tiles) {}

    /** One tile and where it is. */
    private record Spot(Filled of, int item) {}

    /** Batches that so many tiles take. */
    int runs(int tiles, long area) {
        int runs = 0;
        for (int left = tiles; left > 0; left -= sizes.next(left, area)) {
            runs++;
        }
        return runs;
    }

    /** Fills what all batches make. */
    void compute(List<Filled> batches, RunOptions options) throws OrtException {
        Map<TileShape, List<Filled>> shapes = new LinkedHashMap<>();
        for (Filled filled : batches) {
            TileShape shape = filled.batch().shape();
            shapes.computeIfAbsent(new TileShape(1, shape.width(), shape.height()), one -> new ArrayList<>())
                    .add(filled);
        }
        for (Map.Entry<TileShape, List<Filled>> alike : shapes.entrySet()) {
            pack(alike.getKey(), alike.getValue(), options);
        }
    }

    private void pack(TileShape one, List<Filled> batches, RunOptions options) throws OrtException {
        long area = (long) one.width() * one.height();
        List<Spot> spots = new ArrayList<>();
        for (Filled filled : batches) {
            for (int item = 0; item < filled.tiles(); item++) {
                spots.add(new Spot(filled, item));
            }
        }
        if (runs(spots.size(), area) >= batches.size()) {
            for (Filled filled : batches) {
                filled.batch().compute(filled.tiles(), options);
            }
            return;
        }
        // Those at a picture's edge together, since a batch with one of them costs more.
        spots.sort(Comparator.comparing(spot -> spot.of().batch().atEdge(spot.item())));
        for (int done = 0; done < spots.size(); ) {
            int size = sizes.next(spots.size() - done, area);
            int end = Math.min(spots.size(), done + size);
            carry(spots.subList(done, end), new TileShape(size, one.width(), one.height()), options);
            done = end;
        }
    }

    private void carry(Collection<Spot> spots, TileShape shape, RunOptions options) throws OrtException {
        Packable carrier = take(shape);
        try {
            int at = 0;
            for (Spot spot : spots) {
                carrier.take(spot.of().batch(), spot.item(), at++);
            }
            carrier.compute(spots.size(), options);
            at = 0;
            for (Spot spot : spots) {
                Packable to = spot.of().batch();
                Packable.copy(carrier.made(), carrier.shape(), at++, to.made(), to.shape(), spot.item());
            }
        } finally {
            give(carrier);
        }
    }

    private Packable take(TileShape shape) {
        synchronized (idle) {
            Packable found = idle.stream()
                    .filter(batch -> batch.shape().equals(shape))
                    .findFirst()
                    .orElse(null);
            if (found != null) {
                idle.remove(found);
                return found;
            }
        }
        return maker.apply(shape);
    }

    private void give(Packable batch) {
        List<Packable> surplus = new ArrayList<>();
        synchronized (idle) {
            idle.addFirst(batch);
            while (idle.size() > (closed ? 0 : IDLE)) {
                surplus.add(idle.removeLast());
            }
        }
        surplus.forEach(Packable::close);
    }

    /** To be called when nothing is being computed. */
    @Override
    public void close() {
        synchronized (idle) {
            closed = true;
            idle.forEach(Packable::close);
            idle.clear();
        }
    }
}
