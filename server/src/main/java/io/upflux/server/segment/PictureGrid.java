package io.upflux.server.segment;

import io.upflux.buffer.NativeScope;
import io.upflux.codecs.InputOptions;
import io.upflux.codecs.MediaSource;
import io.upflux.colour.TileReader;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/** How bright a picture is, spot by spot, whatever its size. */
final class PictureGrid {
    private static final int SIDE = 6;

    private static final double LEAST_CONTRAST = 0.03;
    private static final double LEAST_CORRELATION = 0.7;
    private static final double LARGEST_SHIFT = 0.1;

    private final double[] spots = new double[SIDE * SIDE];

    private PictureGrid(VideoFrame frame) {
        FrameFormat format = frame.format();
        TileReader reader = new TileReader(format, 1);
        for (int i = 0; i < spots.length; i++) {
            int x = edge(i % SIDE, format.width());
            int y = edge(i / SIDE, format.height());
            int width = Math.max(1, edge(i % SIDE + 1, format.width()) - x);
            int height = Math.max(1, edge(i / SIDE + 1, format.height()) - y);
            FloatBuffer samples = FloatBuffer.allocate(width * height);
            reader.read(frame, x, y, width, height, samples, 0);
            double sum = 0;
            for (int at = 0; at < width * height; at++) {
                sum += samples.get(at);
            }
            spots[i] = sum / (width * height);
        }
    }

    /**
     * The first picture of a file at or after a time.
     *
     * @param pts in ticks of the video
     * @return null when there is none
     */
    static @Nullable PictureGrid at(String location, InputOptions options, long pts) {
        try (MediaSource source = MediaSource.openSegment(location, options, pts, Long.MAX_VALUE, Notices.none());
                NativeScope scope = new NativeScope();
                VideoFrame frame = source.frames(scope).blockFirst()) {
            return frame == null ? null : new PictureGrid(frame);
        } catch (StreamException nothingThere) {
            return null;
        }
    }

    /** What is wrong with a picture that was made of this one; null for nothing. */
    @Nullable
    String flawOf(PictureGrid made) {
        double contrast = deviation();
        if (contrast >= LEAST_CONTRAST && made.deviation() < LEAST_CONTRAST / 4) {
            return "is " + (made.mean() < LEAST_CONTRAST ? "black" : "flat") + " where the source is not";
        }
        if (contrast >= LEAST_CONTRAST && correlation(made) < LEAST_CORRELATION) {
            return "does not look like the source's";
        }
        if (Math.abs(mean() - made.mean()) > LARGEST_SHIFT) {
            return "is " + (mean() > made.mean() ? "darker" : "brighter") + " than the source's";
        }
        return null;
    }

    private double mean() {
        double sum = 0;
        for (double spot : spots) {
            sum += spot;
        }
        return sum / spots.length;
    }

    private double deviation() {
        return Math.sqrt(covariance(this));
    }

    private double correlation(PictureGrid other) {
        return covariance(other) / Math.max(1e-9, deviation() * other.deviation());
    }

    private double covariance(PictureGrid other) {
        double mean = mean();
        double otherMean = other.mean();
        double sum = 0;
        for (int i = 0; i < spots.length; i++) {
            sum += (spots[i] - mean) * (other.spots[i] - otherMean);
        }
        return sum / spots.length;
    }

    /** Where a row or column of spots begins; even, as chroma is. */
    private static int edge(int spot, int samples) {
        return (int) ((long) spot * samples / SIDE / 2 * 2);
    }
}
