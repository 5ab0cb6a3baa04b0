package io.upflux.pipeline;

import io.upflux.colour.TileReader;
import io.upflux.frame.FrameFormat;
import io.upflux.pipeline.FrameJob.BatchTask;
import io.upflux.pipeline.FrameJob.TileTask;
import io.upflux.pipeline.SuperResolver.TileShape;
import java.util.List;
import java.util.function.Function;

/** Fills a free batch slot with the network samples of some tiles. */
final class Gather implements Function<List<TileTask>, BatchTask> {
    private final BatchSlots slots;
    private final TileReader reader;
    private final TileShape shape;
    private final int samplesPerTile;
    private final StageTimes times;

    Gather(BatchSlots slots, FrameFormat format, TileShape shape, int channels, StageTimes times) {
        this.slots = slots;
        this.reader = new TileReader(format, channels);
        this.shape = shape;
        this.samplesPerTile = channels * shape.width() * shape.height();
        this.times = times;
    }

    @Override
    public BatchTask apply(List<TileTask> tasks) {
        TileBatch batch = slots.acquire();
        long start = System.nanoTime();
        for (int i = 0; i < tasks.size(); i++) {
            TileTask task = tasks.get(i);
            reader.read(
                    task.job().source(),
                    task.tile().x(),
                    task.tile().y(),
                    shape.width(),
                    shape.height(),
                    batch.input(),
                    i * samplesPerTile);
        }
        times.since(Stage.GATHER, start);
        return new BatchTask(batch, tasks);
    }
}
