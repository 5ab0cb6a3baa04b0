package io.upflux.pipeline;

import io.upflux.buffer.NativeScope;
import io.upflux.colour.BandWriter;
import io.upflux.colour.TileWriter;
import io.upflux.frame.FrameCopy;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameJob.TileTask;
import io.upflux.pipeline.StageTimes.Moment;
import io.upflux.pipeline.Work.Filled;
import io.upflux.pipeline.Work.Ready;
import io.upflux.reuse.FramePlan.Extent;
import io.upflux.reuse.ReuseMode;
import io.upflux.tile.Tile;
import java.nio.FloatBuffer;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes the tiles of a batch into their upscaled frames and hands on the frames that are whole, in order, each composed
 * when it is asked for. What it returns is walked through once, to its end, before it is applied again.
 */
final class Compose implements Function<Ready, Iterable<VideoFrame>> {
    /** One value in so many is looked at; what is no number fills at least a square as large as a network reaches. */
    private static final int LOOKED_AT = 257;

    private final OutputFrames frames;
    private final String name;
    private final int scale;
    private final int channels;
    private final BandWriter writer;
    private final Depths depths;
    private final Composition composition;
    private final ReuseMode mode;
    private final Reports reports;
    private final @Nullable OutputGuard guard;
    private byte[] lastDepths = {};

    /**
     * @param composition closed by its owner
     * @param guard null where nobody looks at what was computed
     */
    Compose(
            NativeScope scope,
            FrameFormat from,
            FrameFormat to,
            SuperResolver.Traits traits,
            Composition composition,
            ReuseMode mode,
            Reports reports,
            @Nullable OutputGuard guard) {
        this.frames = new OutputFrames(scope, from, to, traits.scale(), traits.channels() == 1);
        this.name = traits.name();
        this.scale = traits.scale();
        this.channels = traits.channels();
        this.writer = new BandWriter(frames.joined(), channels, from.height(), traits.onGpu());
        this.depths = new Depths(from.width(), from.height(), traits);
        this.composition = composition;
        this.mode = mode;
        this.reports = reports;
        this.guard = guard;
    }

    @Override
    public Iterable<VideoFrame> apply(Ready work) {
        return () -> new Stroke(work);
    }

    /** Composes a frame when it is asked for, so that upscaled pictures of one stroke do not wait for each other. */
    private final class Stroke implements Iterator<VideoFrame> {
        private final Ready work;
        private final Iterator<FrameJob> jobs;
        private final int[] next;
        private @Nullable VideoFrame whole;

        Stroke(Ready work) {
            this.work = work;
            this.jobs = work.jobs().iterator();
            this.next = new int[work.parts().size()];
        }

        /** Goes on to the next frame that is whole, or to the end, where the batches are given back. */
        @Override
        public boolean hasNext() {
            if (whole != null || !jobs.hasNext()) {
                return whole != null;
            }
            Moment start = Moment.now();
            do {
                compose(jobs.next());
                if (!jobs.hasNext()) {
                    work.route().release(work);
                }
            } while (whole == null && jobs.hasNext());
            reports.times().since(Stage.COMPOSE, start);
            return whole != null;
        }

        @Override
        public VideoFrame next() {
            VideoFrame frame = hasNext() ? whole : null;
            if (frame == null) {
                throw new NoSuchElementException();
            }
            whole = null;
            return frame;
        }

        private void compose(FrameJob job) {
            if (!job.plan().probes().isEmpty() && !job.isBegun()) {
                composition.foretell(job.source(), job.plan().map(), job.plan().probes());
            }
            for (int i = 0; i < next.length; i++) {
                Filled part = work.parts().get(i);
                while (next[i] < part.tasks().size()
                        && part.tasks().get(next[i]).job() == job) {
                    write(part, next[i]++);
                }
            }
            if (job.isWhole()) {
                VideoFrame upscaled = checked(job, finished(job));
                whole = upscaled;
                reports.of(job, upscaled, lastDepths, depths);
                job.source().close();
            }
        }
    }

    /** Joins one tile of a batch. */
    private void write(Filled part, int index) {
        TileTask task = part.tasks().get(index);
        Tile tile = task.tile();
        FrameJob job = task.job();
        boolean cell = job.plan().extent() == Extent.CELLS;
        if (!hasNumbers(part.batch(), index)) {
            spoilt(job);
        }
        join(writer, channels, scale, part.batch(), index, tile, cell ? composition.writable() : result(job));
        if (cell && !job.isBegun()) {
            // The map before has been given away.
            lastDepths = lastDepths.clone();
        }
        depths.join(part.batch(), index, tile, cell ? lastDepths : job.depths());
        job.tileDone();
    }

    /** Writes the core of one tile. */
    static void join(BandWriter writer, int channels, int scale, TileBatch batch, int item, Tile tile, VideoFrame to) {
        int left = tile.coreX() * scale;
        int top = tile.coreY() * scale;
        int coreWidth = tile.coreWidth() * scale;
        int coreHeight = tile.coreHeight() * scale;
        TilePlanes planes = batch.planes();
        if (planes != null) {
            VideoFrame made = planes.outputs().get(item);
            FrameCopy.put(made, left - tile.x() * scale, top - tile.y() * scale, coreWidth, coreHeight, to, left, top);
            return;
        }
        int width = batch.shape().width() * scale;
        int height = batch.shape().height() * scale;
        int at = item * values(batch, channels, scale);
        writer.write(
                new TileWriter.Samples(batch.output(), at, width, height, tile.x() * scale, tile.y() * scale),
                left,
                top,
                coreWidth,
                coreHeight,
                to);
    }

    /** Of one tile. */
    private static int values(TileBatch batch, int channels, int scale) {
        return channels * batch.shape().width() * scale * batch.shape().height() * scale;
    }

    /** The picture, or what the guard has put in its place, which later pictures are then made from. */
    private VideoFrame checked(FrameJob job, VideoFrame upscaled) {
        if (guard == null) {
            return upscaled;
        }
        VideoFrame good;
        try {
            good = guard.checked(job.source(), upscaled, job.plan().extent() != Extent.CELLS, job.flaw());
        } catch (RuntimeException e) {
            upscaled.close();
            throw e;
        }
        if (good != upscaled) {
            upscaled.close();
            if (mode != ReuseMode.OFF) {
                composition.replace(job.source(), good);
            }
        }
        return good;
    }

    /** Codes would hide what is no number, which becomes black. */
    private boolean hasNumbers(TileBatch batch, int item) {
        TilePlanes planes = batch.planes();
        if (planes != null) {
            return Float.isFinite(planes.sums().get(item));
        }
        int values = values(batch, channels, scale);
        FloatBuffer output = batch.output();
        for (int i = item * values; i < (item + 1) * values; i += LOOKED_AT) {
            if (!Float.isFinite(output.get(i))) {
                return false;
            }
        }
        return true;
    }

    private void spoilt(FrameJob job) {
        if (guard == null) {
            throw new StreamException(name + ": computed values that are no numbers in the picture at PTS "
                    + job.source().pts() + "; use another model or precision");
        }
        job.spoilt("has values that are no numbers");
    }

    /** The frame whose last tile is written. */
    private VideoFrame finished(FrameJob job) {
        if (job.plan().extent() == Extent.CELLS) {
            return composition.show(job.source(), job.plan().map());
        }
        VideoFrame result = frames.finish(job.source(), result(job));
        lastDepths = job.depths();
        if (mode != ReuseMode.OFF) {
            composition.whole(job.source(), result);
        }
        return result;
    }

    private VideoFrame result(FrameJob job) {
        @Nullable VideoFrame result = job.result();
        if (result == null) {
            result = frames.begin(job.source());
            job.begin(result, depths.none());
        }
        return result;
    }
}
