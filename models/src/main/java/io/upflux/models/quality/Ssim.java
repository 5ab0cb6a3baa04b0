package io.upflux.models.quality;

/**
 * Structural similarity, Wang et al. 2004, as its authors' {@code ssim_index.m} computes it: Gaussian window 11x11,
 * sigma 1.5, K1 0.01, K2 0.03, L 255, mean over the positions where the window lies wholly inside.
 */
public final class Ssim {
    private static final int WINDOW = 11;
    private static final double[] GAUSSIAN = gaussian();
    private static final double C1 = 0.01 * 255 * 0.01 * 255;
    private static final double C2 = 0.03 * 255 * 0.03 * 255;

    private Ssim() {}

    /**
     * Of one plane of samples against another.
     *
     * @param border samples ignored on each side
     * @throws IllegalArgumentException when less than one window is left
     */
    public static double of(double[] reference, double[] other, int width, int height, int border) {
        Plane a = new Plane(width, height, reference).inside(border);
        Plane b = new Plane(width, height, other).inside(border);
        if (a.width() < WINDOW || a.height() < WINDOW) {
            throw new IllegalArgumentException(
                    "SSIM needs " + WINDOW + "x" + WINDOW + " samples, not " + a.width() + "x" + a.height());
        }
        double[] meanA = blur(a);
        double[] meanB = blur(b);
        double[] squareA = blur(product(a, a));
        double[] squareB = blur(product(b, b));
        double[] mixed = blur(product(a, b));
        double sum = 0;
        for (int i = 0; i < meanA.length; i++) {
            double ab = meanA[i] * meanB[i];
            double aa = meanA[i] * meanA[i];
            double bb = meanB[i] * meanB[i];
            double variances = squareA[i] - aa + squareB[i] - bb;
            sum += (2 * ab + C1) * (2 * (mixed[i] - ab) + C2) / ((aa + bb + C1) * (variances + C2));
        }
        return sum / meanA.length;
    }

    /** On Y, with {@code border} pixels ignored on each side. */
    public static double onY(RgbPicture reference, RgbPicture other, int border) {
        Psnr.requireSameSize(reference, other);
        return of(YChannel.of(reference), YChannel.of(other), reference.width(), reference.height(), border);
    }

    private static Plane product(Plane a, Plane b) {
        double[] product = new double[a.samples().length];
        for (int i = 0; i < product.length; i++) {
            product[i] = a.samples()[i] * b.samples()[i];
        }
        return new Plane(a.width(), a.height(), product);
    }

    private static double[] blur(Plane plane) {
        int w = plane.width() - WINDOW + 1;
        int h = plane.height() - WINDOW + 1;
        double[] across = new double[w * plane.height()];
        for (int y = 0; y < plane.height(); y++) {
            for (int t = 0; t < WINDOW; t++) {
                for (int x = 0; x < w; x++) {
                    across[y * w + x] += GAUSSIAN[t] * plane.samples()[y * plane.width() + x + t];
                }
            }
        }
        double[] out = new double[w * h];
        for (int y = 0; y < h; y++) {
            for (int t = 0; t < WINDOW; t++) {
                for (int x = 0; x < w; x++) {
                    out[y * w + x] += GAUSSIAN[t] * across[(y + t) * w + x];
                }
            }
        }
        return out;
    }

    private static double[] gaussian() {
        double[] weights = new double[WINDOW];
        double sum = 0;
        for (int i = 0; i < WINDOW; i++) {
            double x = i - WINDOW / 2;
            weights[i] = Math.exp(-x * x / (2 * 1.5 * 1.5));
            sum += weights[i];
        }
        for (int i = 0; i < WINDOW; i++) {
            weights[i] /= sum;
        }
        return weights;
    }
}
