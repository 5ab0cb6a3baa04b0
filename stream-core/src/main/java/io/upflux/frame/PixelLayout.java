package io.upflux.frame;

/**
 * How samples are arranged: always planar, 8 bits in one byte or 9 to 16 bits in two bytes of native order.
 *
 * <p>Planes are, in order, {@code Y}, {@code Y U V} or {@code R G B}, then alpha where present. Alpha has luma's size.
 *
 * @param family grey, luma and chroma, or red, green and blue
 * @param depth bits a sample, 8 to 16
 * @param chromaShiftX log2 of the horizontal chroma subsampling (0 for 4:4:4, grey and RGB)
 * @param chromaShiftY log2 of the vertical chroma subsampling
 * @param alpha whether a full-range alpha plane comes last
 */
public record PixelLayout(Family family, int depth, int chromaShiftX, int chromaShiftY, boolean alpha) {
    /** The kind of samples. */
    public enum Family {
        GRAY,
        YUV,
        RGB
    }

    public static final PixelLayout YUV420P = yuv(8, 1, 1);
    public static final PixelLayout RGB24 = new PixelLayout(Family.RGB, 8, 0, 0, false);

    public PixelLayout {
        if (depth < 8 || depth > 16) {
            throw new IllegalArgumentException("depth must be 8 to 16 bits: " + depth);
        }
        if (family != Family.YUV && (chromaShiftX != 0 || chromaShiftY != 0)) {
            throw new IllegalArgumentException("only YUV has subsampled planes");
        }
        if (chromaShiftX < 0 || chromaShiftX > 2 || chromaShiftY < 0 || chromaShiftY > 2) {
            throw new IllegalArgumentException("chroma shift must be 0 to 2");
        }
    }

    public static PixelLayout yuv(int depth, int chromaShiftX, int chromaShiftY) {
        return new PixelLayout(Family.YUV, depth, chromaShiftX, chromaShiftY, false);
    }

    public int planes() {
        return colourPlanes() + (alpha ? 1 : 0);
    }

    /** Planes without alpha: 1 or 3. */
    public int colourPlanes() {
        return family == Family.GRAY ? 1 : 3;
    }

    /** The plane that brightness is judged by: luma, or green, which is most of it. */
    public int lumaPlane() {
        return family == Family.RGB ? 1 : 0;
    }

    public int bytesPerSample() {
        return depth > 8 ? 2 : 1;
    }

    public int maxValue() {
        return (1 << depth) - 1;
    }

    public boolean isSubsampled(int plane) {
        return family == Family.YUV && (plane == 1 || plane == 2) && (chromaShiftX | chromaShiftY) != 0;
    }

    /** Width of plane {@code plane} of a picture {@code width} wide, rounded up. */
    public int planeWidth(int plane, int width) {
        return isSubsampled(plane) ? -((-width) >> chromaShiftX) : width;
    }

    /** Height of plane {@code plane} of a picture {@code height} high, rounded up. */
    public int planeHeight(int plane, int height) {
        return isSubsampled(plane) ? -((-height) >> chromaShiftY) : height;
    }

    public PixelLayout withDepth(int newDepth) {
        return new PixelLayout(family, newDepth, chromaShiftX, chromaShiftY, alpha);
    }

    public PixelLayout withAlpha(boolean newAlpha) {
        return new PixelLayout(family, depth, chromaShiftX, chromaShiftY, newAlpha);
    }

    /** For people: {@code yuv420p10}, {@code gray8}, {@code rgb8+alpha}. */
    @Override
    public String toString() {
        String base = switch (family) {
            case GRAY -> "gray" + depth;
            case RGB -> "rgb" + depth;
            case YUV -> "yuv" + subsampling() + "p" + (depth == 8 ? "" : depth);
        };
        return alpha ? base + "+alpha" : base;
    }

    private String subsampling() {
        return switch (chromaShiftX * 4 + chromaShiftY) {
            case 0 -> "444";
            case 1 -> "440";
            case 4 -> "422";
            case 5 -> "420";
            case 8 -> "411";
            case 10 -> "410";
            default -> "s" + chromaShiftX + chromaShiftY;
        };
    }
}
