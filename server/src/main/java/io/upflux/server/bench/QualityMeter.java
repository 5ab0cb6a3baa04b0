package io.upflux.server.bench;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.StreamException;
import io.upflux.server.bench.Quality.Block;
import java.util.ArrayList;
import java.util.List;

/** Compares the luma of two sequences frame by frame. */
final class QualityMeter {
    static final int BLOCK = 64;

    private final List<Double> frames = new ArrayList<>();
    private final List<double[]> blocks = new ArrayList<>();
    private float[] errors = {};
    private double squares;
    private double flickers;
    private long samples;
    private long flickerSamples;
    private double worst = Double.POSITIVE_INFINITY;
    private Block where = new Block(0, 0, 0);

    /** The next frame of both, which stay their owners'. */
    void add(VideoFrame reference, VideoFrame made) {
        int width = made.format().width();
        int height = made.format().height();
        if (reference.format().width() != width || reference.format().height() != height) {
            throw new StreamException("cannot compare pictures of " + width + "x" + height + " with ground truth of "
                    + reference.format().width() + "x" + reference.format().height());
        }
        boolean first = frames.isEmpty();
        if (first) {
            errors = new float[width * height];
        }
        int columns = (width + BLOCK - 1) / BLOCK;
        double[] sums = new double[columns * ((height + BLOCK - 1) / BLOCK)];
        float[] a = new float[width];
        float[] b = new float[width];
        for (int y = 0; y < height; y++) {
            row(reference, y, a);
            row(made, y, b);
            for (int x = 0; x < width; x++) {
                float error = b[x] - a[x];
                sums[y / BLOCK * columns + x / BLOCK] += (double) error * error;
                float change = error - errors[y * width + x];
                flickers += first ? 0 : (double) change * change;
                errors[y * width + x] = error;
            }
        }
        flickerSamples += first ? 0 : (long) width * height;
        close(sums, columns, width, height);
    }

    Quality result() {
        double worstFrame =
                frames.stream().mapToDouble(Double::doubleValue).min().orElse(Quality.EQUAL);
        return new Quality(
                Quality.psnr(squares / Math.max(1, samples)),
                List.copyOf(frames),
                worstFrame,
                Math.min(worst, Quality.EQUAL),
                where,
                Quality.psnr(flickers / Math.max(1, flickerSamples)),
                List.copyOf(blocks));
    }

    /** The mean of each block, and of the frame. */
    private void close(double[] sums, int columns, int width, int height) {
        double sum = 0;
        double[] psnr = new double[sums.length];
        for (int i = 0; i < sums.length; i++) {
            int x = i % columns * BLOCK;
            int y = i / columns * BLOCK;
            sum += sums[i];
            psnr[i] = Quality.psnr(sums[i] / (Math.min(BLOCK, width - x) * Math.min(BLOCK, height - y)));
            if (psnr[i] < worst) {
                worst = psnr[i];
                where = new Block(frames.size(), x, y);
            }
        }
        squares += sum;
        samples += (long) width * height;
        blocks.add(psnr);
        frames.add(Quality.psnr(sum / ((double) width * height)));
    }

    /** A row of luma, or of green, on the scale of 8 bits. */
    static void row(VideoFrame frame, int y, float[] to) {
        FrameFormat format = frame.format();
        Plane plane = frame.plane(format.layout().family() == PixelLayout.Family.RGB ? 1 : 0);
        int at = y * plane.stride();
        if (format.layout().bytesPerSample() == 1) {
            for (int x = 0; x < to.length; x++) {
                to[x] = plane.data().get(at + x) & 0xff;
            }
            return;
        }
        float scale = 1f / (1 << format.layout().depth() - 8);
        for (int x = 0; x < to.length; x++) {
            to[x] = scale * (plane.data().getShort(at + 2 * x) & 0xffff);
        }
    }
}
