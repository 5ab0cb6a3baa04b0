package io.upflux.pipeline;

import io.upflux.buffer.NativeScope;
import io.upflux.colour.FrameConverter;
import io.upflux.colour.PlaneResizer;
import io.upflux.colour.TileWriter;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Plane;
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

    private final NativeScope scope;
    private final FrameFormat from;
    private final FrameFormat to;
    private final FrameFormat composed;
    private final @Nullable FrameConverter converter;
    private final String name;
    private final int scale;
    private final int channels;
    private final TileWriter writer;
    private final PlaneResizer colourResizer;
    private final PlaneResizer alphaResizer;
    private final Depths depths;
    private final Composition composition;
    private final Reports reports;
    private byte[] lastDepths = {};

    /** @param composition closed by its owner */
    Compose(
            NativeScope scope,
            FrameFormat from,
            FrameFormat to,
            SuperResolver.Traits traits,
            Composition composition,
            Reports reports) {
        this.scope = scope;
        this.from = from;
        this.to = to;
        this.name = traits.name();
        this.scale = traits.scale();
        this.channels = traits.channels();
        this.composed = channels == 1 ? besideLuma(from, to) : to;
        this.converter = composed.equals(to) ? null : new FrameConverter(composed, to, from.height());
        this.writer = new TileWriter(composed, channels, from.height());
        this.colourResizer = new PlaneResizer(from, composed, scale);
        this.alphaResizer = new PlaneResizer(from, to, scale);
        this.depths = new Depths(from.width(), from.height(), traits);
        this.composition = composition;
        this.reports = reports;
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
                VideoFrame upscaled = finished(job);
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
        int width = part.batch().shape().width() * scale;
        int height = part.batch().shape().height() * scale;
        int values = channels * width * height;
        checkNumbers(part.batch().output(), index * values, values, job);
        writer.write(
                new TileWriter.Samples(
                        part.batch().output(), index * values, width, height, tile.x() * scale, tile.y() * scale),
                tile.coreX() * scale,
                tile.coreY() * scale,
                tile.coreWidth() * scale,
                tile.coreHeight() * scale,
                cell ? composition.writable() : result(job));
        if (cell && !job.isBegun()) {
            // The map before has been given away.
            lastDepths = lastDepths.clone();
        }
        depths.join(part.batch(), index, tile, cell ? lastDepths : job.depths());
        job.tileDone();
    }

    /** Codes would hide it: a value that is no number becomes black. */
    private void checkNumbers(FloatBuffer output, int at, int count, FrameJob job) {
        for (int i = at; i < at + count; i += LOOKED_AT) {
            if (!Float.isFinite(output.get(i))) {
                throw new StreamException(name + ": computed values that are no numbers in the picture at PTS "
                        + job.source().pts() + "; use another model or precision");
            }
        }
    }

    /** The frame whose last tile is written. */
    private VideoFrame finished(FrameJob job) {
        if (job.plan().extent() == Extent.CELLS) {
            return composition.show(job.source(), job.plan().map());
        }
        VideoFrame result = finished(job.source(), result(job));
        lastDepths = job.depths();
        if (reports.mode() != ReuseMode.OFF) {
            composition.whole(job.source(), result);
        }
        return result;
    }

    /**
     * What the tiles of a luma network are joined into: planes that the network does not compute are the source's,
     * resized, so they keep its layout and colour where the sink wants other ones.
     */
    private static FrameFormat besideLuma(FrameFormat from, FrameFormat to) {
        ColourSpec own = from.colour();
        ColourSpec wanted = to.colour();
        boolean same = from.layout().withAlpha(false).equals(to.layout().withAlpha(false))
                && own.codesAs(wanted, from.height());
        return same
                ? to
                : to.withLayout(from.layout().withAlpha(false))
                        .withColour(own.withMatrix(own.effectiveMatrix(from.height())));
    }

    private VideoFrame result(FrameJob job) {
        @Nullable VideoFrame result = job.result();
        if (result == null) {
            result = scope.frame(composed, job.source().pts(), job.source().duration());
            job.begin(result, depths.none());
            if (channels == 1) {
                resizeBesideLuma(job.source(), result);
            }
        }
        return result;
    }

    /** The frame as the sink wants it; takes over {@code joined}. */
    private VideoFrame finished(VideoFrame source, VideoFrame joined) {
        FrameConverter conversion = converter;
        VideoFrame result = joined;
        if (conversion != null) {
            result = scope.frame(to, source.pts(), source.duration());
            conversion.convert(joined, result);
            joined.close();
        }
        if (to.layout().alpha()) {
            alpha(source, result);
        }
        return result;
    }

    private void resizeBesideLuma(VideoFrame source, VideoFrame result) {
        PixelLayout layout = composed.layout();
        for (int plane = layout.family() == PixelLayout.Family.RGB ? 0 : 1; plane < layout.colourPlanes(); plane++) {
            colourResizer.resize(source.plane(plane), result.plane(plane), plane);
        }
    }

    private void alpha(VideoFrame source, VideoFrame result) {
        Plane target = result.plane(to.layout().colourPlanes());
        if (from.layout().alpha()) {
            int plane = from.layout().colourPlanes();
            alphaResizer.resize(source.plane(plane), target, plane);
        } else {
            fillOpaque(target);
        }
    }

    private void fillOpaque(Plane plane) {
        boolean wide = to.layout().bytesPerSample() == 2;
        int max = to.layout().maxValue();
        int samples = plane.stride() * plane.height() >> (wide ? 1 : 0);
        for (int i = 0; i < samples; i++) {
            if (wide) {
                plane.data().putShort(2 * i, (short) max);
            } else {
                plane.data().put(i, (byte) max);
            }
        }
    }
}
