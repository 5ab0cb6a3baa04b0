/**
 * How good a picture is: PSNR and SSIM as super-resolution papers report them, and the MATLAB-like downsampling that
 * goes before. Works on plain arrays.
 */
@NullMarked
package io.upflux.models.quality;

import org.jspecify.annotations.NullMarked;
