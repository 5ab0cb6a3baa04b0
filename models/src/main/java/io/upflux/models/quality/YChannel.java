package io.upflux.models.quality;

/**
 * MATLAB's {@code rgb2ycbcr} (BT.601, limited range) in double, unrounded: Y 16 to 235, Cb and Cr 16 to 240. What
 * super-resolution papers measure on.
 */
public final class YChannel {
    private YChannel() {}

    /** Y of every pixel, row by row, 16 to 235. */
    public static double[] of(RgbPicture picture) {
        byte[] rgb = picture.rgb();
        double[] y = new double[rgb.length / 3];
        for (int i = 0; i < y.length; i++) {
            int r = rgb[3 * i] & 0xff;
            int g = rgb[3 * i + 1] & 0xff;
            int b = rgb[3 * i + 2] & 0xff;
            y[i] = 16 + (65.481 * r + 128.553 * g + 24.966 * b) / 255;
        }
        return y;
    }

    static double[] cb(RgbPicture picture) {
        byte[] rgb = picture.rgb();
        double[] cb = new double[rgb.length / 3];
        for (int i = 0; i < cb.length; i++) {
            int r = rgb[3 * i] & 0xff;
            int g = rgb[3 * i + 1] & 0xff;
            int b = rgb[3 * i + 2] & 0xff;
            cb[i] = 128 + (-37.797 * r - 74.203 * g + 112 * b) / 255;
        }
        return cb;
    }

    static double[] cr(RgbPicture picture) {
        byte[] rgb = picture.rgb();
        double[] cr = new double[rgb.length / 3];
        for (int i = 0; i < cr.length; i++) {
            int r = rgb[3 * i] & 0xff;
            int g = rgb[3 * i + 1] & 0xff;
            int b = rgb[3 * i + 2] & 0xff;
            cr[i] = 128 + (112 * r - 93.786 * g - 18.214 * b) / 255;
        }
        return cr;
    }

    /** The exact inverse, rounded to 8 bits. */
    static RgbPicture toRgb(int width, int height, double[] y, double[] cb, double[] cr) {
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < width * height; i++) {
            double luma = (y[i] - 16) * 255 / 219;
            double blue = (cb[i] - 128) * 255 / 224;
            double red = (cr[i] - 128) * 255 / 224;
            rgb[3 * i] = RgbPicture.toByte(luma + 1.402 * red);
            rgb[3 * i + 1] = RgbPicture.toByte(luma - (0.114 * 1.772 * blue + 0.299 * 1.402 * red) / 0.587);
            rgb[3 * i + 2] = RgbPicture.toByte(luma + 1.772 * blue);
        }
        return new RgbPicture(width, height, rgb);
    }
}
