package io.upflux.pipeline;

import io.upflux.buffer.NativeScope;
import io.upflux.colour.PlaneResizer;
import io.upflux.colour.TileWriter;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameJob.BatchTask;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.tile.Tile;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes the tiles of a batch into their upscaled frames and hands on the frames that are whole, in order. */
final class Compose implements Function<BatchTask, List<VideoFrame>> {
    private final NativeScope scope;
    private final BatchSlots slots;
    private final FrameFormat from;
    private final FrameFormat to;
    private final TileShape shape;
    private final int scale;
    private final int channels;
    private final TileWriter writer;
    private final PlaneResizer resizer;
    private final StageTimes times;

    Compose(
            NativeScope scope,
            BatchSlots slots,
            FrameFormat from,
            FrameFormat to,
            TileShape shape,
            SuperResolver.Traits traits,
            StageTimes times) {
        this.scope = scope;
        this.slots = slots;
        this.from = from;
        this.to = to;
        this.shape = shape;
        this.scale = traits.scale();
        this.channels = traits.channels();
        this.writer = new TileWriter(to, channels, from.height());
        this.resizer = new PlaneResizer(from, to, scale);
        this.times = times;
    }

    @Override
    public List<VideoFrame> apply(BatchTask task) {
        long start = System.nanoTime();
        List<VideoFrame> whole = new ArrayList<>(1);
        TileBatch batch = task.batch();
        int width = shape.width() * scale;
        int height = shape.height() * scale;
        for (int i = 0; i < task.tasks().size(); i++) {
            FrameJob job = task.tasks().get(i).job();
            VideoFrame result = result(job);
            Tile tile = task.tasks().get(i).tile();
            writer.write(
                    new TileWriter.Samples(
                            batch.output(),
                            i * channels * width * height,
                            width,
                            height,
                            tile.x() * scale,
                            tile.y() * scale),
                    tile.coreX() * scale,
                    tile.coreY() * scale,
                    tile.coreWidth() * scale,
                    tile.coreHeight() * scale,
                    result);
            if (job.tileDone()) {
                job.source().close();
                whole.add(result);
            }
        }
        slots.release(batch);
        times.since(Stage.COMPOSE, start);
        return whole;
    }

    private VideoFrame result(FrameJob job) {
        @Nullable VideoFrame result = job.result();
        if (result == null) {
            result = scope.frame(to, job.source().pts(), job.source().duration());
            job.result(result);
            resizeOtherPlanes(job.source(), result);
        }
        return result;
    }

    /** Planes that the network does not compute: alpha, and beside a luma network all but luma. */
    private void resizeOtherPlanes(VideoFrame source, VideoFrame result) {
        PixelLayout layout = to.layout();
        for (int plane = 0; plane < layout.planes(); plane++) {
            boolean isAlpha = plane == layout.colourPlanes();
            boolean computed = channels == 3 || (plane == 0 && layout.family() != PixelLayout.Family.RGB);
            if (isAlpha && !from.layout().alpha()) {
                fillOpaque(result.plane(plane));
            } else if (isAlpha || !computed) {
                resizer.resize(source.plane(sourcePlane(plane, isAlpha)), result.plane(plane), plane);
            }
        }
    }

    private int sourcePlane(int plane, boolean isAlpha) {
        return isAlpha ? from.layout().colourPlanes() : plane;
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
