package io.upflux.frame;

import io.upflux.buffer.NativeBuffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One decoded or upscaled picture.
 *
 * <p>A frame has one owner at a time. Producing it makes the producer its owner, passing it downstream passes ownership
 * on, and whoever does not pass it on closes it. Sharing is an explicit {@link #retain()} with one more
 * {@link #close()}. Not thread-safe; hand-over between threads needs a happens-before edge, as Reactor's signals give.
 */
public final class VideoFrame implements AutoCloseable {
    /** {@link #pts()} of a frame whose time is unknown. */
    public static final long NO_PTS = Long.MIN_VALUE;

    private final FrameFormat format;
    private final List<Plane> planes;
    private final NativeBuffer memory;
    private final long pts;
    private final long duration;

    /**
     * @param planes in the order of {@link PixelLayout}, views of {@code memory}
     * @param memory what the planes live in; the frame takes over this reference
     * @param pts presentation time in ticks of the format's time base, or {@link #NO_PTS}
     * @param duration in the same ticks, 0 when unknown
     */
    public VideoFrame(FrameFormat format, List<Plane> planes, NativeBuffer memory, long pts, long duration) {
        if (planes.size() != format.layout().planes()) {
            throw new IllegalArgumentException("a " + format.layout() + " frame has "
                    + format.layout().planes() + " planes, not " + planes.size());
        }
        this.format = format;
        this.planes = List.copyOf(planes);
        this.memory = memory;
        this.pts = pts;
        this.duration = duration;
    }

    public FrameFormat format() {
        return format;
    }

    public List<Plane> planes() {
        return planes;
    }

    public Plane plane(int index) {
        return planes.get(index);
    }

    public long pts() {
        return pts;
    }

    public long duration() {
        return duration;
    }

    /** The same picture at another time: adds an owner, and is closed like any frame. */
    public VideoFrame at(long newPts, long newDuration) {
        return new VideoFrame(format, planes, memory.retain(), newPts, newDuration);
    }

    /**
     * A part of the picture: adds an owner, and is closed like any frame.
     *
     * @param x of its first column in luma samples, on the chroma grid
     * @param y of its first row in luma samples, on the chroma grid
     */
    public VideoFrame crop(int x, int y, int width, int height) {
        FrameFormat part = format.withSize(width, height);
        PixelLayout layout = format.layout();
        List<Plane> views = new ArrayList<>(planes.size());
        for (int i = 0; i < planes.size(); i++) {
            Plane plane = planes.get(i);
            int left = layout.planeWidth(i, x);
            int top = layout.planeHeight(i, y);
            int columns = part.planeWidth(i);
            int rows = part.planeHeight(i);
            if (x < 0 || y < 0 || left + columns > plane.width() || top + rows > plane.height()) {
                throw new IllegalArgumentException(width + "x" + height + " at " + x + "," + y
                        + " is not inside a picture of " + format.width() + "x" + format.height());
            }
            int start = top * plane.stride() + left * layout.bytesPerSample();
            int bytes = (rows - 1) * plane.stride() + columns * layout.bytesPerSample();
            ByteBuffer data =
                    plane.data().slice(start, bytes).order(plane.data().order());
            views.add(new Plane(data, plane.stride(), columns, rows));
        }
        return new VideoFrame(part, views, memory.retain(), pts, duration);
    }

    /** Copies all samples into a frame of the same size and layout. */
    public void copyTo(VideoFrame target) {
        for (int i = 0; i < planes.size(); i++) {
            Plane from = planes.get(i);
            Plane to = target.plane(i);
            if (from.stride() == to.stride()) {
                int bytes = Math.min(from.data().capacity(), to.data().capacity());
                to.data().put(0, from.data(), 0, bytes);
            } else {
                int bytes = from.width() * format.layout().bytesPerSample();
                for (int row = 0; row < from.height(); row++) {
                    to.data().put(row * to.stride(), from.data(), row * from.stride(), bytes);
                }
            }
        }
    }

    /** Adds an owner: one more {@link #close()} is due. */
    public VideoFrame retain() {
        memory.retain();
        return this;
    }

    /** Gives up ownership; the last one returns the memory. */
    @Override
    public void close() {
        memory.release();
    }
}
