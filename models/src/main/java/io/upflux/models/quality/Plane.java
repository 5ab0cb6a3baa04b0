package io.upflux.models.quality;

/** Rectangle of samples for the metrics, 0 to 255, rows without padding. */
final class Plane {
    private final int width;
    private final int height;
    private final double[] samples;

    Plane(int width, int height, double[] samples) {
        if (samples.length != width * height) {
            throw new IllegalArgumentException(samples.length + " samples do not make " + width + "x" + height);
        }
        this.width = width;
        this.height = height;
        this.samples = samples;
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    double[] samples() {
        return samples;
    }

    /** Without {@code border} samples on each side. */
    Plane inside(int border) {
        int w = width - 2 * border;
        int h = height - 2 * border;
        if (w < 1 || h < 1) {
            throw new IllegalArgumentException(width + "x" + height + " has nothing inside a border of " + border);
        }
        double[] cut = new double[w * h];
        for (int y = 0; y < h; y++) {
            System.arraycopy(samples, (y + border) * width + border, cut, y * w, w);
        }
        return new Plane(w, h, cut);
    }
}
