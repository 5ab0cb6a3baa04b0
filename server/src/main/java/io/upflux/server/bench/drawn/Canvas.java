package io.upflux.server.bench.drawn;

import java.nio.FloatBuffer;

/** A picture of R, G and B between 0 and 1 that rectangles and text are painted on. */
final class Canvas {
    /** Dots from one letter to the next. */
    private static final int ADVANCE = Glyphs.COLUMNS + 1;

    private final int width;
    private final int height;
    private final float[] samples;

    Canvas(int width, int height) {
        this.width = width;
        this.height = height;
        this.samples = new float[3 * width * height];
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    /** R, G and B planes. */
    FloatBuffer samples() {
        return FloatBuffer.wrap(samples);
    }

    /** @param colour 0xRRGGBB */
    void fill(int x, int y, int w, int h, int colour) {
        for (int row = Math.max(0, y); row < Math.min(height, y + h); row++) {
            for (int column = Math.max(0, x); column < Math.min(width, x + w); column++) {
                blend(column, row, colour, 1);
            }
        }
    }

    /** From one colour at the top to another at the bottom. */
    void gradient(int x, int y, int w, int h, int top, int bottom) {
        for (int row = 0; row < h; row++) {
            float part = (float) row / h;
            fill(x, y + row, w, 1, top);
            for (int column = x; column < x + w; column++) {
                blend(column, y + row, bottom, part);
            }
        }
    }

    /**
     * Text with smooth edges.
     *
     * @param x left edge of the first letter
     * @param y top of the capitals
     * @param dot side of a letter's dot in pixels; letters are seven dots high and six apart
     */
    void text(String text, double x, double y, double dot, int colour) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) != ' ') {
                glyph(text.charAt(i), x + i * ADVANCE * dot, y, dot, colour);
            }
        }
    }

    /** Width of text in pixels. */
    static double textWidth(String text, double dot) {
        return text.length() * ADVANCE * dot;
    }

    /** A mouse pointer whose tip is at (x, y). */
    void pointer(double x, double y) {
        for (int row = 0; row < 26; row++) {
            for (int column = 0; column < 18; column++) {
                boolean inside = column <= 0.68 * row && (row < 17 || column < 6 && column > (row - 17) / 2);
                boolean rim = column < 2 || column > 0.68 * row - 2 || (row > 14 && column > 4) || row > 23;
                if (inside) {
                    blend((int) x + column, (int) y + row, rim ? 0x101010 : 0xffffff, 1);
                }
            }
        }
    }

    /** {@code part} of the other picture, the rest of this one. */
    void mix(Canvas other, float part) {
        for (int i = 0; i < samples.length; i++) {
            samples[i] += part * (other.samples[i] - samples[i]);
        }
    }

    private void glyph(char character, double x, double y, double dot, int colour) {
        int right = (int) Math.ceil(x + (Glyphs.COLUMNS + 1) * dot);
        int bottom = (int) Math.ceil(y + (Glyphs.ROWS + 1) * dot);
        for (int row = (int) Math.floor(y - dot); row < bottom; row++) {
            double v = (row + 0.5 - y) / dot - 0.5;
            for (int column = (int) Math.floor(x - dot); column < right; column++) {
                double u = (column + 0.5 - x) / dot - 0.5;
                double ink = 0.5 + (inked(character, u, v) - 0.45) * 1.4 * dot;
                if (ink > 0) {
                    blend(column, row, colour, (float) Math.min(1, ink));
                }
            }
        }
    }

    /** Dots interpolated linearly. */
    private static double inked(char character, double u, double v) {
        int column = (int) Math.floor(u);
        int row = (int) Math.floor(v);
        double fx = u - column;
        double fy = v - row;
        double top =
                (Glyphs.dot(character, column, row) ? 1 - fx : 0) + (Glyphs.dot(character, column + 1, row) ? fx : 0);
        double bottom = (Glyphs.dot(character, column, row + 1) ? 1 - fx : 0)
                + (Glyphs.dot(character, column + 1, row + 1) ? fx : 0);
        return top + fy * (bottom - top);
    }

    private void blend(int x, int y, int colour, float part) {
        if (x < 0 || y < 0 || x >= width || y >= height) {
            return;
        }
        for (int c = 0; c < 3; c++) {
            int at = (c * height + y) * width + x;
            float value = (colour >> 8 * (2 - c) & 0xff) / 255f;
            samples[at] += part * (value - samples[at]);
        }
    }
}
