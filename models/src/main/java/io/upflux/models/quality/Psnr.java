package io.upflux.models.quality;

/** Peak signal-to-noise ratio with peak 255. */
public final class Psnr {
    private Psnr() {}

    /**
     * Of one plane of samples against another.
     *
     * @param border samples ignored on each side
     * @return dB; positive infinity when equal
     */
    public static double of(double[] reference, double[] other, int width, int height, int border) {
        double[] a = new Plane(width, height, reference).inside(border).samples();
        double[] b = new Plane(width, height, other).inside(border).samples();
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = a[i] - b[i];
            sum += difference * difference;
        }
        return 10 * Math.log10(255.0 * 255.0 * a.length / sum);
    }

    /** On Y, with {@code border} pixels ignored on each side: the figure of super-resolution papers. */
    public static double onY(RgbPicture reference, RgbPicture other, int border) {
        requireSameSize(reference, other);
        return of(YChannel.of(reference), YChannel.of(other), reference.width(), reference.height(), border);
    }

    static void requireSameSize(RgbPicture a, RgbPicture b) {
        if (a.width() != b.width() || a.height() != b.height()) {
            throw new IllegalArgumentException(
                    "cannot compare " + a.width() + "x" + a.height() + " with " + b.width() + "x" + b.height());
        }
    }
}
