package io.upflux.pipeline;

import io.upflux.colour.TileReader;
import io.upflux.frame.FrameCopy;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameJob.TileTask;
import io.upflux.pipeline.StageTimes.Moment;
import io.upflux.pipeline.Work.Filled;
import io.upflux.pipeline.Work.Part;
import io.upflux.pipeline.Work.Ready;
import io.upflux.tile.Tile;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Fills free batches with the network samples of some tiles. */
final class Gather implements Function<Work, Ready> {
    private final TileReader reader;
    private final int channels;
    private final BatchPool pool;
    private final StageTimes times;

    Gather(FrameFormat format, int channels, BatchPool pool, StageTimes times) {
        this.reader = new TileReader(format, channels);
        this.channels = channels;
        this.pool = pool;
        this.times = times;
    }

    @Override
    public Ready apply(Work work) {
        List<Filled> parts = new ArrayList<>(work.parts().size());
        for (Part part : work.parts()) {
            TileBatch batch = pool.take(part.kind());
            Moment start = Moment.now();
            fill(batch, part.tasks());
            times.since(Stage.GATHER, start);
            parts.add(new Filled(part.kind(), batch, part.tasks()));
        }
        return new Ready(work.jobs(), parts);
    }

    private void fill(TileBatch batch, List<TileTask> tasks) {
        for (int item = 0; item < tasks.size(); item++) {
            TileTask task = tasks.get(item);
            read(reader, channels, task.job().source(), task.tile(), batch, item);
        }
    }

    /** Fills one place of a batch. */
    static void read(TileReader reader, int channels, VideoFrame source, Tile tile, TileBatch batch, int item) {
        TilePlanes planes = batch.planes();
        if (planes != null) {
            FrameCopy.fill(source, tile.x(), tile.y(), planes.inputs().get(item));
            return;
        }
        int margin = batch.margin();
        int width = batch.shape().width() + 2 * margin;
        int height = batch.shape().height() + 2 * margin;
        int at = item * channels * width * height;
        reader.read(source, tile.x() - margin, tile.y() - margin, width, height, batch.input(), at);
    }
}
