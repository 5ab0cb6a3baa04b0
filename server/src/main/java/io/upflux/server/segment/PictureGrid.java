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
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What colours a picture has, spot by spot, whatever its size. */
final class PictureGrid {
    private static final int SIDE = 6;
    private static final int CHANNELS = 3;

    private static final double LEAST_CONTRAST = 0.03;
    private static final double LEAST_CORRELATION = 0.7;
    private static final double LARGEST_SHIFT = 0.1;

    /** Of the red, green and blue samples. */
    private final double[][] spots = new double[CHANNELS][SIDE * SIDE];

    private PictureGrid(VideoFrame frame) {
        FrameFormat format = frame.format();
        TileReader reader = new TileReader(format, CHANNELS);
        for (int i = 0; i < SIDE * SIDE; i++) {
            int x = edge(i % SIDE, format.width());
            int y = edge(i / SIDE, format.height());
            int width = Math.max(1, edge(i % SIDE + 1, format.width()) - x);
            int height = Math.max(1, edge(i / SIDE + 1, format.height()) - y);
            FloatBuffer samples = FloatBuffer.allocate(CHANNELS * width * height);
            reader.read(frame, x, y, width, height, samples, 0);
            for (int channel = 0; channel < CHANNELS; channel++) {
                double sum = 0;
                for (int at = 0; at < width * height; at++) {
                    sum += samples.get(channel * width * height + at);
                }
                spots[channel][i] = sum / (width * height);
            }
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
        String flaw = null;
        boolean flat = true;
        for (int channel = 0; channel < CHANNELS; channel++) {
            double contrast = deviation(spots[channel]);
            double left = deviation(made.spots[channel]);
            flat &= contrast < LEAST_CONTRAST || left < LEAST_CONTRAST / 4;
            double shift = mean(made.spots[channel]) - mean(spots[channel]);
            if (Math.abs(shift) > LARGEST_SHIFT) {
                flaw = "is " + (shift < 0 ? "darker" : "brighter") + " than the source's";
            } else if (contrast >= LEAST_CONTRAST
                    && correlation(spots[channel], made.spots[channel]) < LEAST_CORRELATION) {
                flaw = "does not look like the source's";
            }
        }
        boolean hadContrast = Arrays.stream(spots).anyMatch(channel -> deviation(channel) >= LEAST_CONTRAST);
        if (flat && hadContrast) {
            boolean black = Arrays.stream(made.spots).allMatch(channel -> mean(channel) < LEAST_CONTRAST);
            return "is " + (black ? "black" : "flat") + " where the source is not";
        }
        return flaw;
    }

    private static double mean(double[] spots) {
        return Arrays.stream(spots).average().orElse(0);
    }

    private static double deviation(double[] spots) {
        return Math.sqrt(covariance(spots, spots));
    }

    private static double correlation(double[] one, double[] other) {
        return covariance(one, other) / Math.max(1e-9, deviation(one) * deviation(other));
    }

    private static double covariance(double[] one, double[] other) {
        double mean = mean(one);
        double otherMean = mean(other);
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += (one[i] - mean) * (other[i] - otherMean);
        }
        return sum / one.length;
    }

    /** Where a row or column of spots begins; even, as chroma is. */
    private static int edge(int spot, int samples) {
        return (int) ((long) spot * samples / SIDE / 2 * 2);
    }
}
