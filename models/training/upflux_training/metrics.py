"""PSNR and SSIM on luma, the way super-resolution papers report them."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor


def luma(picture: Tensor) -> Tensor:
    """Return MATLAB's ``rgb2ycbcr`` Y (16..235) of [N, 3, H, W] in 0..255 as float64 [N, 1, H, W]."""
    weights = torch.tensor([65.481, 128.553, 24.966], dtype=torch.float64, device=picture.device)
    return (picture.double() * (weights / 255.0).view(1, 3, 1, 1)).sum(1, keepdim=True) + 16.0


def psnr(a: Tensor, b: Tensor) -> float:
    """Return the peak signal-to-noise ratio in dB of two planes in 0..255."""
    error = (a - b).square().mean().item()
    return math.inf if error == 0.0 else 10.0 * math.log10(255.0**2 / error)


def ssim(a: Tensor, b: Tensor) -> float:
    """Return the structural similarity of two [1, 1, H, W] planes in 0..255 (11x11 Gaussian, sigma 1.5)."""
    offsets = torch.arange(11, dtype=torch.float64, device=a.device) - 5.0
    line = torch.exp(-offsets.square() / (2 * 1.5**2))
    line = (line / line.sum()).view(1, 1, 1, 11)
    # The window is separable and all five moments share it: one batch, two thin convolutions.
    moments = F.conv2d(F.conv2d(torch.cat([a, b, a * a, b * b, a * b]), line), line.transpose(2, 3))
    mean_a, mean_b, square_a, square_b, product = moments.split(1)
    var_a = square_a - mean_a * mean_a
    var_b = square_b - mean_b * mean_b
    covariance = product - mean_a * mean_b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    top = (2 * mean_a * mean_b + c1) * (2 * covariance + c2)
    bottom = (mean_a * mean_a + mean_b * mean_b + c1) * (var_a + var_b + c2)
    return (top / bottom).mean().item()
