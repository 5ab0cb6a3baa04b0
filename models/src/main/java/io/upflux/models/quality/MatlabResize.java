package io.upflux.models.quality;

import java.util.Arrays;

/**
 * MATLAB's {@code imresize(picture, [height width])} for 8-bit pictures: bicubic (Keys, a = -0.5), symmetric borders,
 * and a kernel that widens when shrinking (antialiasing). The degradation behind every published bicubic
 * super-resolution figure. Computed in double, rounded once.
 */
public final class MatlabResize {
    private MatlabResize() {}

    public static RgbPicture resize(RgbPicture picture, int width, int height) {
        int fromWidth = picture.width();
        int fromHeight = picture.height();
        Taps down = Taps.of(fromHeight, height);
        Taps across = Taps.of(fromWidth, width);
        double[] tall = new double[3 * fromWidth];
        byte[] out = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
        for (int y = 0; y < height; y++) {
            Arrays.fill(tall, 0);
            for (int t = 0; t < down.weights[y].length; t++) {
                double weight = down.weights[y][t];
                int at = 3 * fromWidth * down.indices[y][t];
                for (int i = 0; i < tall.length; i++) {
                    tall[i] += weight * (picture.rgb()[at + i] & 0xff);
                }
            }
            for (int x = 0; x < width; x++) {
                for (int c = 0; c < 3; c++) {
                    double sum = 0;
                    for (int t = 0; t < across.weights[x].length; t++) {
                        sum += across.weights[x][t] * tall[3 * across.indices[x][t] + c];
                    }
                    out[3 * (y * width + x) + c] = RgbPicture.toByte(sum);
                }
            }
        }
        return new RgbPicture(width, height, out);
    }

    /** One plane of doubles, unrounded. */
    static double[] resize(double[] plane, int fromWidth, int fromHeight, int width, int height) {
        Taps down = Taps.of(fromHeight, height);
        Taps across = Taps.of(fromWidth, width);
        double[] tall = new double[fromWidth];
        double[] out = new double[width * height];
        for (int y = 0; y < height; y++) {
            Arrays.fill(tall, 0);
            for (int t = 0; t < down.weights[y].length; t++) {
                for (int x = 0; x < fromWidth; x++) {
                    tall[x] += down.weights[y][t] * plane[fromWidth * down.indices[y][t] + x];
                }
            }
            for (int x = 0; x < width; x++) {
                double sum = 0;
                for (int t = 0; t < across.weights[x].length; t++) {
                    sum += across.weights[x][t] * tall[across.indices[x][t]];
                }
                out[y * width + x] = sum;
            }
        }
        return out;
    }

    /** Which input samples make an output sample, and how much each. */
    private static final class Taps {
        private final int[][] indices;
        private final double[][] weights;

        private Taps(int[][] indices, double[][] weights) {
            this.indices = indices;
            this.weights = weights;
        }

        static Taps of(int from, int to) {
            double scale = (double) to / from;
            double stretch = Math.min(1, scale);
            int count = (int) Math.ceil(4 / stretch) + 2;
            int[][] indices = new int[to][count];
            double[][] weights = new double[to][count];
            for (int o = 0; o < to; o++) {
                double centre = (o + 0.5) / scale - 0.5;
                int first = (int) Math.floor(centre - 2 / stretch);
                double sum = 0;
                for (int t = 0; t < count; t++) {
                    indices[o][t] = mirror(first + t, from);
                    weights[o][t] = keys(stretch * (centre - (first + t)));
                    sum += weights[o][t];
                }
                for (int t = 0; t < count; t++) {
                    weights[o][t] /= sum;
                }
            }
            return new Taps(indices, weights);
        }

        private static int mirror(int index, int n) {
            int i = Math.floorMod(index, 2 * n);
            return i < n ? i : 2 * n - 1 - i;
        }

        private static double keys(double distance) {
            double x = Math.abs(distance);
            if (x <= 1) {
                return (1.5 * x - 2.5) * x * x + 1;
            }
            return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
        }
    }
}
