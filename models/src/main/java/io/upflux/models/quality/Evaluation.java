package io.upflux.models.quality;

import io.upflux.frame.HaltingShares;
import io.upflux.pipeline.SuperResolver;

/**
 * Measures resolvers as super-resolution papers do: shrink a reference MATLAB-like, enlarge it again, compare on Y with
 * a border as wide as the scale left out. Scale 1 compares a resolver's output with its input.
 */
public final class Evaluation {
    private Evaluation() {}

    /**
     * Shrinks, enlarges and compares one picture.
     *
     * @param reference cropped to a multiple of the scale at its right and bottom
     * @param resolver used by this call alone while it lasts, and not closed by it
     * @throws io.upflux.pipeline.StreamException when inference fails
     * @throws IllegalArgumentException when the picture is too small to measure
     */
    public static Result of(RgbPicture reference, SuperResolver resolver) {
        int scale = resolver.traits().scale();
        RgbPicture whole = reference.modCrop(scale);
        RgbPicture small = MatlabResize.resize(whole, whole.width() / scale, whole.height() / scale);
        PictureUpscale upscale = new PictureUpscale(resolver);
        RgbPicture made = upscale.apply(small);
        return new Result(Psnr.onY(whole, made, scale), Ssim.onY(whole, made, scale), made, upscale.halting());
    }

    /**
     * What one picture came to.
     *
     * @param psnr dB on Y; infinite when equal
     * @param ssim on Y, 1 when equal
     * @param picture what the resolver made, as large as the cropped reference
     * @param halting which of its windows halted
     */
    public record Result(double psnr, double ssim, RgbPicture picture, HaltingShares halting) {}
}
