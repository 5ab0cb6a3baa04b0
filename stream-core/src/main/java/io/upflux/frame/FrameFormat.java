package io.upflux.frame;

/**
 * What all frames of one stream have in common.
 *
 * @param width in luma samples
 * @param height in luma samples
 * @param layout planes and depth
 * @param colour meaning of the samples
 * @param sampleAspect width to height of one sample; {@link Rational#UNKNOWN} when not stated
 * @param timeBase seconds a tick of {@link VideoFrame#pts()}
 * @param frameRate nominal frames a second; {@link Rational#UNKNOWN} when there is none. Never used for timing.
 */
public record FrameFormat(
        int width,
        int height,
        PixelLayout layout,
        ColourSpec colour,
        Rational sampleAspect,
        Rational timeBase,
        Rational frameRate) {
    public FrameFormat {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("picture size must be positive: " + width + "x" + height);
        }
    }

    public FrameFormat withSize(int newWidth, int newHeight) {
        return new FrameFormat(newWidth, newHeight, layout, colour, sampleAspect, timeBase, frameRate);
    }

    public FrameFormat withLayout(PixelLayout newLayout) {
        return new FrameFormat(width, height, newLayout, colour, sampleAspect, timeBase, frameRate);
    }

    public FrameFormat withColour(ColourSpec newColour) {
        return new FrameFormat(width, height, layout, newColour, sampleAspect, timeBase, frameRate);
    }

    public FrameFormat withTimeBase(Rational newTimeBase) {
        return new FrameFormat(width, height, layout, colour, sampleAspect, newTimeBase, frameRate);
    }

    public int planeWidth(int plane) {
        return layout.planeWidth(plane, width);
    }

    public int planeHeight(int plane) {
        return layout.planeHeight(plane, height);
    }
}
