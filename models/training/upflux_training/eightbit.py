"""The plain network in 8 bits, which CPUs run about twice as fast as in float.

What a layer makes is rounded to 256 steps, one size of step for all of it; kernels are rounded to 7 bits, one step for each
output channel: two products of a signed and an unsigned number then always fit the 16 bits in which AVX2 adds them. The
first layer stays in float: of 3 channels it costs no more, and loses less. Steps are measured on pictures, weights are those of
the float network: nothing is trained and nothing stored twice.
"""

import copy
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from . import ops
from .data import load_picture, picture_paths
from .layers import Conv
from .ops import Array, Grid
from .plain import Plain, PlainLayer
from .resize import resize

_PICTURES = 24
_SIDE = 128
_CLIPPED_LOW = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
_CLIPPED_HIGH = (0.8, 0.9, 1.0)
_SAMPLES = 1 << 18


class RoundedConv(nn.Module):
    """A convolution of rounded values by a rounded kernel, rounded."""

    def __init__(self, of: Conv | PlainLayer, before: Grid, after: Grid) -> None:
        super().__init__()
        # Under their own names, by which graphs find them in the weights file.
        self.weight, self.bias = of.weight, of.bias
        self._before, self._after = before, after

    def forward(self, x: Array) -> Array:
        x = ops.rounded(x, self._before)
        return ops.rounded(ops.rounded_conv(x, self._before, self.weight, self.bias), self._after)


class FirstLayer(nn.Module):
    """A layer in float whose result is rounded."""

    def __init__(self, layer: PlainLayer, after: Grid) -> None:
        super().__init__()
        self.weight, self.bias, self.slope = layer.weight, layer.bias, layer.slope
        self._after = after

    def forward(self, x: Array) -> Array:
        return ops.rounded(ops.leaky_relu(ops.conv(x, self.weight, self.bias), self.slope), self._after)


class RoundedLayer(RoundedConv):
    """A layer in 8 bits: from sums to what LeakyReLU makes of them is a table of 256 entries."""

    def __init__(self, layer: PlainLayer, before: Grid, between: Grid, after: Grid) -> None:
        super().__init__(layer, before, between)
        self.slope = layer.slope
        self._active = after

    def forward(self, x: Array) -> Array:
        return ops.rounded(ops.leaky_relu(super().forward(x), self.slope), self._active)


def eight_bit_name(name: str) -> str:
    """Return what ``plain-s-x2`` is called in 8 bits: ``plain-s-int8-x2``."""
    stem, _, scale = name.rpartition("-x")
    return f"{stem}-int8-x{scale}"


def float_name(name: str) -> str:
    """Return the name of the network whose weights one in 8 bits has; any other's own."""
    return name.replace("-int8-x", "-x")


def measuring_pictures(folder: Path, scale: int) -> list[Tensor]:
    """Return LR pictures [1, 3, h, w] in 0..1 to measure steps on: middles of pictures spread evenly over a folder."""
    paths = picture_paths(folder)
    lows = []
    for path in paths[:: max(1, len(paths) // _PICTURES)][:_PICTURES]:
        high = load_picture(path).permute(2, 0, 1)[None]
        height, width = (min(n // scale, _SIDE) for n in high.shape[-2:])
        top, left = ((n - scale * side) // 2 for n, side in zip(high.shape[-2:], (height, width)))
        high = high[..., top : top + scale * height, left : left + scale * width]
        lows.append(resize(high, height, width) / 255.0)
    return lows


@torch.inference_mode()
def in_eight_bits(network: Plain, pictures: Sequence[Tensor]) -> Plain:
    """Return a folded network as it computes in 8 bits, with steps that suit LR pictures [1, 3, h, w]."""
    rounded = copy.deepcopy(network)
    rounded.rounds = True
    first, *others = rounded.layers
    after = _grid([first(picture) for picture in pictures])
    layers: list[nn.Module] = [FirstLayer(first, after)]
    made = [layers[0](picture) for picture in pictures]
    for layer in others:
        before = after
        sums = _sums(layer, before, made)
        between = _clipped(sums, layer.slope)
        after = _grid([ops.leaky_relu(ops.rounded(x, between), layer.slope) for x in sums])
        layers.append(RoundedLayer(layer, before, between, after))
        made = [layers[-1](x) for x in made]
    rounded.layers = nn.Sequential(*layers)
    last = rounded.tail.conv
    rounded.tail.conv = RoundedConv(last, after, _grid(_sums(last, after, made)))
    return rounded


def _sums(of: Conv | PlainLayer, before: Grid, made: Sequence[Tensor]) -> list[Tensor]:
    """Return what a convolution makes of what the layer before made of each picture."""
    return [ops.rounded_conv(x, before, of.weight, of.bias) for x in made]


def _grid(values: Sequence[Tensor], low: float = 1.0, high: float = 1.0) -> Grid:
    """Return the grid that holds all values, or those parts of them that are below and above zero."""
    least, most = (f(x.aminmax()[i].item() for x in values) for i, f in enumerate((min, max)))
    return Grid.of(low * min(least, 0.0), high * max(most, 0.0))


def _clipped(sums: Sequence[Tensor], slope: Tensor) -> Grid:
    """Return the grid of least error after LeakyReLU, which leaves little of what is below zero, and of clipping it."""
    flat = torch.cat([x.flatten() for x in sums])
    flat = flat[:: max(1, flat.numel() // _SAMPLES)]
    wanted = ops.leaky_relu(flat[None, None], slope)

    def error(grid: Grid) -> float:
        return (ops.leaky_relu(ops.rounded(flat[None, None], grid), slope) - wanted).square().mean().item()

    return min((_grid(sums, low, high) for low in _CLIPPED_LOW for high in _CLIPPED_HIGH), key=error)
