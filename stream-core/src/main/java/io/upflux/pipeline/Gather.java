package io.upflux.pipeline;

import io.upflux.colour.TileReader;
import io.upflux.frame.FrameFormat;
import io.upflux.pipeline.FrameJob.TileTask;
import io.upflux.pipeline.StageTimes.Moment;
import io.upflux.pipeline.Work.Filled;
import io.upflux.pipeline.Work.Part;
import io.upflux.pipeline.Work.Ready;
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
        int margin = batch.margin();
        int width = batch.shape().width() + 2 * margin;
        int height = batch.shape().height() + 2 * margin;
        int at = 0;
        for (TileTask task : tasks) {
            int x = task.tile().x() - margin;
            int y = task.tile().y() - margin;
            reader.read(task.job().source(), x, y, width, height, batch.input(), at);
            at += channels * width * height;
        }
    }
}
