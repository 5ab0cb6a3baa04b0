package io.upflux.pipeline;

import io.upflux.pipeline.FrameJob.TileTask;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.Work.Part;
import io.upflux.reuse.Cell;
import io.upflux.tile.BatchSizes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The batches that cells are computed in: for each kind of tile a few fixed sizes, made when they are first wanted.
 * Fixed, so that a runtime plans each shape once; a few, so that hardly any place stays empty.
 */
final class CellSlots implements AutoCloseable {
    /** A stroke holds as many as its frames need; how many strokes there are at once is what is bounded. */
    private static final int UNBOUNDED = Integer.MAX_VALUE;

    private final SuperResolver resolver;
    private final CellTiles tiles;
    private final Map<Kind, BatchSlots> slots = new LinkedHashMap<>();
    private boolean closing;

    private record Kind(boolean alone, TileShape shape) {}

    CellSlots(SuperResolver resolver, CellTiles tiles) {
        this.resolver = resolver;
        this.tiles = tiles;
    }

    /** A frame's cell. */
    record CellTask(FrameJob job, Cell cell) {}

    /** LR pixels of the tiles through which cells are computed. */
    long pixels(List<Cell> cells) {
        return cells.stream().mapToLong(cell -> area(tiles.shape(cell))).sum();
    }

    private static long area(TileShape shape) {
        return (long) shape.width() * shape.height();
    }

    /**
     * Puts cells into batches, each kind into its own.
     *
     * @param cells in the order of their frames, which they keep in each batch
     */
    List<Part> parts(List<CellTask> cells) {
        Map<Kind, List<TileTask>> kinds = new LinkedHashMap<>();
        for (CellTask task : cells) {
            Kind kind = new Kind(tiles.alone(task.cell()), tiles.shape(task.cell()));
            kinds.computeIfAbsent(kind, any -> new ArrayList<>())
                    .add(new TileTask(task.job(), tiles.tile(task.cell())));
        }
        List<Part> parts = new ArrayList<>();
        kinds.forEach((kind, tasks) -> split(kind, tasks, parts));
        return parts;
    }

    private void split(Kind kind, List<TileTask> tasks, List<Part> parts) {
        int from = 0;
        while (from < tasks.size()) {
            int size = BatchSizes.CELLS.next(tasks.size() - from, area(kind.shape()));
            int to = Math.min(tasks.size(), from + size);
            parts.add(new Part(slots(kind, size), List.copyOf(tasks.subList(from, to))));
            from = to;
        }
    }

    private synchronized BatchSlots slots(Kind kind, int size) {
        TileShape shape = new TileShape(size, kind.shape().width(), kind.shape().height());
        Kind sized = new Kind(kind.alone(), shape);
        BatchSlots made = slots.computeIfAbsent(
                sized,
                any -> new BatchSlots(
                        () -> kind.alone() ? resolver.newCells(shape) : resolver.newBatch(shape), UNBOUNDED));
        if (closing) {
            made.stop();
        }
        return made;
    }

    /** Makes whoever waits for a batch give up. */
    synchronized void stop() {
        closing = true;
        slots.values().forEach(BatchSlots::stop);
    }

    /** To be called when no stage uses a batch any more. */
    @Override
    public synchronized void close() {
        stop();
        slots.values().forEach(BatchSlots::close);
    }
}
