"""Layers: parameters with the operation that uses them, on tensors and graph values alike."""

import torch
from torch import Tensor, nn

from . import ops
from .ops import Array


class Centre(nn.Module):
    """Subtract the mean colour of DIV2K from [N, 3, H, W]."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor((0.4488, 0.4371, 0.4040)).view(1, 3, 1, 1), persistent=False)

    def forward(self, low: Array) -> Array:
        return low - self.mean


class Conv(nn.Module):
    """A convolution of odd kernel side with bias, padded with zeros."""

    def __init__(self, inputs: int, outputs: int, side: int = 3, groups: int = 1) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs // groups, side, side))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self._groups = groups
        nn.init.kaiming_uniform_(self.weight, a=5**0.5)

    def forward(self, x: Array) -> Array:
        return ops.conv(x, self.weight, self.bias, self._groups)


class Linear(nn.Module):
    """A linear map of the last axis, weight [in, out]."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(nn.init.trunc_normal_(torch.empty(inputs, outputs), std=0.02))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x: Array, first: int = 0, last: int | None = None) -> Array:
        """Return all outputs, or those from ``first`` to ``last`` only."""
        if last is None:
            return ops.linear(x, self.weight, self.bias)
        return ops.linear(x, *(ops.columns(t, first, last, x) for t in (self.weight, self.bias)))


class LayerNorm(nn.Module):
    """Normalisation of the last axis; ``channels_first`` of the second of [N, C, H, W]."""

    def __init__(self, channels: int, channels_first: bool = False) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self._operation = ops.channel_norm if channels_first else ops.layer_norm

    def forward(self, x: Array) -> Array:
        return self._operation(x, self.weight, self.bias)


class Mlp(nn.Module):
    """Linear, GELU, Linear on the last axis."""

    def __init__(self, channels: int, ratio: float) -> None:
        super().__init__()
        self.widen = Linear(channels, round(channels * ratio))
        self.narrow = Linear(round(channels * ratio), channels)

    def forward(self, x: Array) -> Array:
        return self.narrow(ops.gelu(self.widen(x)))


class ResidualBlock(nn.Module):
    """EDSR's: Conv, ReLU, Conv, added to its input."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = Conv(channels, channels)
        self.second = Conv(channels, channels)

    def forward(self, x: Array) -> Array:
        return x + self.second(ops.relu(self.first(x)))


class Tail(nn.Module):
    """The last convolution, to scale^2 sub-pixels of R, G and B each.

    :param zero: start from zero, for networks with a skip
    :param bicubic: whether a skip is enlarged bicubically rather than by repetition
    """

    def __init__(self, channels: int, scale: int, side: int = 3, zero: bool = False, bicubic: bool = False) -> None:
        super().__init__()
        self.scale = scale
        self._bicubic = bicubic
        self.conv = Conv(channels, 3 * scale * scale, side)
        if zero:
            nn.init.zeros_(self.conv.weight)

    def forward(self, x: Array, skip: Array | None = None) -> Array:
        """Return the enlarged picture; ``skip`` [N, 3, H, W] is added enlarged."""
        shuffled = self.conv(x)
        if skip is not None and self._bicubic:
            shuffled = shuffled + ops.bicubic_channels(skip, self.scale)
        elif skip is not None:
            shuffled = shuffled + ops.repeat_channels(skip, self.scale**2)
        return ops.enlarge(shuffled, self.scale)


def tail_of_other_scale(stored: Tensor, channels: int) -> Tensor:
    """Resample a tail's weight or bias [3*s^2, ...] to [channels, ...]: the sub-pixel grid is a small picture."""
    side, wanted = (round((n / 3) ** 0.5) for n in (stored.shape[0], channels))
    grid = stored.float().reshape(3, side, side, -1).permute(0, 3, 1, 2)
    grid = nn.functional.interpolate(grid, (wanted, wanted), mode="bilinear", align_corners=False)
    return grid.permute(0, 2, 3, 1).reshape(channels, *stored.shape[1:])
