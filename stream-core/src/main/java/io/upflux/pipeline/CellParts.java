package io.upflux.pipeline;

import io.upflux.pipeline.BatchPool.Kind;
import io.upflux.pipeline.BatchPool.Use;
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
 * The batches that cells are computed in: for each kind of tile a few fixed sizes. Fixed, so that a runtime plans each
 * shape once; a few, so that hardly any place stays empty. Cells at a picture's edge have batches of their own, since
 * networks that are told where it ends pay for it by the batch.
 */
record CellParts(CellTiles tiles) {
    /** A frame's cell. */
    record CellTask(FrameJob job, Cell cell) {}

    /** LR pixels of the tiles through which cells are computed. */
    long pixels(List<Cell> cells) {
        return cells.stream().mapToLong(cell -> kind(cell).pixels()).sum();
    }

    private record Group(Kind kind, boolean inside) {}

    private Kind kind(Cell cell) {
        return new Kind(tiles.alone(cell) ? Use.CELLS : Use.TILES, tiles.shape(cell));
    }

    /**
     * Puts cells into batches, each kind into its own.
     *
     * @param cells in the order of their frames, which they keep in each batch
     */
    List<Part> of(List<CellTask> cells) {
        Map<Group, List<TileTask>> groups = new LinkedHashMap<>();
        for (CellTask task : cells) {
            Cell cell = task.cell();
            groups.computeIfAbsent(new Group(kind(cell), tiles.inside(cell)), any -> new ArrayList<>())
                    .add(new TileTask(task.job(), tiles.tile(cell)));
        }
        List<Part> parts = new ArrayList<>();
        groups.forEach((group, tasks) -> split(group.kind(), tasks, parts));
        return parts;
    }

    private static void split(Kind kind, List<TileTask> tasks, List<Part> parts) {
        int from = 0;
        while (from < tasks.size()) {
            int size = BatchSizes.CELLS.next(tasks.size() - from, kind.pixels());
            int to = Math.min(tasks.size(), from + size);
            TileShape shape =
                    new TileShape(size, kind.shape().width(), kind.shape().height());
            parts.add(new Part(new Kind(kind.use(), shape), List.copyOf(tasks.subList(from, to))));
            from = to;
        }
    }
}
