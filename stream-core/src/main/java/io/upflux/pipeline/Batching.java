package io.upflux.pipeline;

import io.upflux.pipeline.BatchPool.Kind;
import io.upflux.pipeline.CellParts.CellTask;
import io.upflux.pipeline.FrameJob.TileTask;
import io.upflux.pipeline.Work.Part;
import io.upflux.reuse.FramePlan;
import io.upflux.reuse.FramePlan.Extent;
import io.upflux.tile.BatchSizes;
import io.upflux.tile.TilePlan;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts the tiles and cells of frames into batches: whole frames into the batches of the resolver's tiles, the cells of
 * some frames together into theirs. Frames that are held back for that are few. One use, one thread.
 */
final class Batching {
    private final TilePlan plan;
    private final Kind kind;
    private final boolean shared;
    private final @Nullable CellParts cellParts;
    private final int lookAhead;
    private final List<TileTask> tiles = new ArrayList<>();
    private final List<FrameJob> waiting = new ArrayList<>();
    private long pixels;

    /**
     * @param plan of whole frames
     * @param kind of their batches
     * @param shared whether tiles of consecutive frames may share a batch
     * @param cellParts null where no plan has cells
     * @param lookAhead frames whose cells may wait for those of later ones, one at least
     */
    Batching(TilePlan plan, Kind kind, boolean shared, @Nullable CellParts cellParts, int lookAhead) {
        this.plan = plan;
        this.kind = kind;
        this.shared = shared;
        this.cellParts = cellParts;
        this.lookAhead = lookAhead;
    }

    /** How many tiles or cells will be computed of a frame. */
    int count(FramePlan todo) {
        return todo.extent() == Extent.CELLS
                ? todo.cells().size()
                : plan.tiles().size();
    }

    /** What is full now that this frame has come. */
    List<Work> add(FrameJob job) {
        List<Work> ready = new ArrayList<>();
        if (job.plan().extent() == Extent.CELLS) {
            full(ready, true);
            long more = cellParts == null ? 0 : cellParts.pixels(job.plan().cells());
            if (pixels + more > BatchSizes.CELLS.pixels()) {
                some(ready);
            }
            waiting.add(job);
            pixels += more;
            if (waiting.size() >= lookAhead || pixels >= BatchSizes.CELLS.pixels()) {
                some(ready);
            }
        } else {
            some(ready);
            tiles.addAll(job.tasks(plan.tiles()));
            full(ready, !shared || tiles.size() >= lookAhead * plan.tiles().size());
        }
        return ready;
    }

    /** What is left when no more frames come. */
    List<Work> rest() {
        List<Work> ready = new ArrayList<>();
        full(ready, true);
        some(ready);
        return ready;
    }

    /** Makes work of the tiles of whole frames: of all, or of those that fill a batch. */
    private void full(List<Work> ready, boolean all) {
        int batch = kind.shape().batch();
        while (tiles.size() >= batch || (all && !tiles.isEmpty())) {
            List<TileTask> some = tiles.subList(0, Math.min(batch, tiles.size()));
            List<TileTask> tasks = List.copyOf(some);
            some.clear();
            Set<FrameJob> jobs = new LinkedHashSet<>();
            tasks.forEach(task -> jobs.add(task.job()));
            ready.add(new Work(List.copyOf(jobs), List.of(new Part(kind, tasks))));
        }
    }

    /** Makes work of the cells that wait. */
    private void some(List<Work> ready) {
        if (waiting.isEmpty()) {
            return;
        }
        List<FrameJob> jobs = List.copyOf(waiting);
        List<CellTask> tasks = new ArrayList<>();
        for (FrameJob job : jobs) {
            job.plan().cells().forEach(cell -> tasks.add(new CellTask(job, cell)));
        }
        waiting.clear();
        pixels = 0;
        // All at a stroke: what is computed in two stages needs the first of all squares before the last of any.
        ready.add(new Work(jobs, cellParts == null ? List.of() : cellParts.of(tasks)));
    }
}
