package io.upflux.models.onnx;

import java.util.Random;

/** Three planes of samples from 0 to 1. */
final class Planes {
    private final float[] samples;
    private final int width;
    private final int height;

    Planes(float[] samples, int width, int height) {
        this.samples = samples;
        this.width = width;
        this.height = height;
    }

    /** Shades, edges, stripes and grain in 8 bits: what a picture has. */
    static Planes drawn(int width, int height) {
        Random random = new Random(7);
        float[] samples = new float[3 * width * height];
        for (int i = 0; i < samples.length; i++) {
            int c = i / (width * height);
            int y = i / width % height;
            int x = i % width;
            double shade = 0.45 + 0.2 * Math.sin(x * 0.021 + c) + 0.15 * Math.cos(y * 0.033 - c);
            double disc = Math.hypot(x % 61 - 30, y % 53 - 26) < 17 ? 0.15 : 0;
            double stripes = (x / 4 + y / 7) % 9 < 2 ? -0.1 : 0;
            double value = shade + disc + stripes + 0.01 * random.nextGaussian();
            samples[i] = Math.round(255 * Math.min(1, Math.max(0, value))) / 255f;
        }
        return new Planes(samples, width, height);
    }

    Planes cut(int left, int top, int cutWidth, int cutHeight) {
        float[] part = new float[3 * cutWidth * cutHeight];
        for (int row = 0; row < 3 * cutHeight; row++) {
            int from = (row / cutHeight * height + top + row % cutHeight) * width + left;
            System.arraycopy(samples, from, part, row * cutWidth, cutWidth);
        }
        return new Planes(part, cutWidth, cutHeight);
    }

    /** A rectangle that may reach beyond the edges, which repeat there. */
    Planes cutRepeating(int x, int y, int cutWidth, int cutHeight) {
        int height = samples.length / 3 / width;
        float[] part = new float[3 * cutWidth * cutHeight];
        for (int i = 0; i < part.length; i++) {
            int column = Math.max(0, Math.min(x + i % cutWidth, width - 1));
            int row = Math.max(0, Math.min(y + i / cutWidth % cutHeight, height - 1));
            part[i] = samples[(i / cutWidth / cutHeight * height + row) * width + column];
        }
        return new Planes(part, cutWidth, cutHeight);
    }

    float[] samples() {
        return samples;
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }
}
