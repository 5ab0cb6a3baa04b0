"""Bicubic resizing as MATLAB's ``imresize`` does it: every published figure rests on that kernel.

Keys' cubic with a = -0.5, widened by the factor when shrinking (antialiasing), symmetric borders.
Resizing is separable and linear, so one axis is one matrix and a picture is two products.
"""

from functools import lru_cache

import torch
from torch import Tensor


def _cubic(x: Tensor) -> Tensor:
    """Keys' cubic convolution kernel with a = -0.5, elementwise."""
    x = x.abs()
    near = (1.5 * x - 2.5) * x * x + 1.0
    far = ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    return torch.where(x <= 1.0, near, torch.where(x <= 2.0, far, torch.zeros_like(x)))


@lru_cache(maxsize=256)
def bicubic_matrix(length: int, target: int) -> Tensor:
    """Return the [target, length] float32 matrix that resizes one axis."""
    factor = target / length
    shrink = min(factor, 1.0)
    support = 4.0 / shrink
    centre = (torch.arange(target, dtype=torch.float64) + 0.5) / factor - 0.5
    first = torch.floor(centre - support / 2)
    taps = first[:, None] + torch.arange(int(support) + 3, dtype=torch.float64)
    weights = _cubic((centre[:, None] - taps) * shrink)
    weights = weights / weights.sum(dim=1, keepdim=True)
    # Symmetric borders repeat the edge sample: ... 1 0 | 0 1 ... n-1 | n-1 n-2 ...
    index = taps.long() % (2 * length)
    index = torch.where(index < length, index, 2 * length - 1 - index)
    matrix = torch.zeros(target, length, dtype=torch.float64)
    matrix.scatter_add_(1, index, weights)
    return matrix.float()


def quantise(picture: Tensor) -> Tensor:
    """Round to the 256 code values a stored picture can hold; stays float, in 0..255."""
    # Half away from zero, as MATLAB rounds; torch.round would go to the even neighbour.
    return torch.floor(picture + 0.5).clamp_(0.0, 255.0)


def resize(picture: Tensor, height: int, width: int) -> Tensor:
    """Resize [..., h, w] in 0..255 to [..., height, width], rounded to code values."""
    rows = bicubic_matrix(picture.shape[-2], height).to(picture.device)
    columns = bicubic_matrix(picture.shape[-1], width).to(picture.device)
    return quantise(rows @ picture.float() @ columns.T)
