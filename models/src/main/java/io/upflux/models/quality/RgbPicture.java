package io.upflux.models.quality;

import java.nio.FloatBuffer;

/** An 8-bit picture. Holds the array it is given, and hands it out: callers agree not to write to it. */
public final class RgbPicture {
    private final int width;
    private final int height;
    private final byte[] rgb;

    /**
     * Wraps samples without copying them.
     *
     * @param rgb packed R, G, B, rows without padding; grey pictures repeat their value
     */
    public RgbPicture(int width, int height, byte[] rgb) {
        if (width < 1 || height < 1 || rgb.length != Math.multiplyExact(3, Math.multiplyExact(width, height))) {
            throw new IllegalArgumentException(
                    rgb.length + " bytes do not make an RGB picture of " + width + "x" + height);
        }
        this.width = width;
        this.height = height;
        this.rgb = rgb;
    }

    /**
     * Rounds samples to 8 bits.
     *
     * @param samples R, G and B planes from index 0 on, black 0 and white 1
     */
    public static RgbPicture of(int width, int height, FloatBuffer samples) {
        int pixels = Math.multiplyExact(width, height);
        byte[] rgb = new byte[3 * pixels];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = toByte(255.0 * samples.get(i % 3 * pixels + i / 3));
        }
        return new RgbPicture(width, height, rgb);
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    /** Packed R, G, B. */
    public byte[] rgb() {
        return rgb;
    }

    /** The top left part. */
    public RgbPicture crop(int newWidth, int newHeight) {
        if (newWidth == width && newHeight == height) {
            return this;
        }
        byte[] cut = new byte[3 * newWidth * newHeight];
        for (int y = 0; y < newHeight; y++) {
            System.arraycopy(rgb, 3 * width * y, cut, 3 * newWidth * y, 3 * newWidth);
        }
        return new RgbPicture(newWidth, newHeight, cut);
    }

    /** Cut at the right and bottom to multiples of {@code step}, as evaluations do with their references. */
    public RgbPicture modCrop(int step) {
        if (width < step || height < step) {
            throw new IllegalArgumentException(width + "x" + height + " is smaller than " + step + " pixels");
        }
        return crop(width - width % step, height - height % step);
    }

    /** Sample of channel {@code c} (0 red, 1 green, 2 blue), 0 to 255. */
    int sample(int x, int y, int c) {
        return rgb[3 * (y * width + x) + c] & 0xff;
    }

    /** Rounds half up, as MATLAB's {@code uint8} does for positive numbers, and saturates. */
    static byte toByte(double value) {
        return (byte) Math.max(0, Math.min(255, (int) Math.floor(value + 0.5)));
    }
}
