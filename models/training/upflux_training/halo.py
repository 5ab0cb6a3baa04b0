"""How far around a tile one must look."""

from pathlib import Path

import torch
from torch import Tensor

from .data import load_picture, picture_paths, whole_steps
from .network import Network
from .passes import margin, reach

_PICTURES = 8
_TILE = 48
_SHARE = 0.999
"""Of a tile's pixels, those that must equal the whole picture's within one code value."""


def measure_halo(network: Network, pictures: Path) -> int:
    """Return the LR pixels around a tile that its pixels depend on.

    Where shrinking graphs tell, exactly: with two stages a pixel depends on whole windows, and these on what their
    encoder sees. Otherwise the smallest margin, a multiple of the grid of windows, at which a tile from the middle of a
    picture equals the same pixels of the whole picture, but for a thousandth, within one code value. The pictures of
    the folder serve as input in their full size: they are to be larger than any halo.
    """
    step = max(network.align, network.window)
    if network.staged:
        return -(-reach(network) // step) * step + margin(network, "features")
    if network.shrinks:
        return margin(network)
    paths = picture_paths(pictures)[:_PICTURES]
    lows = [whole_steps(load_picture(path).permute(2, 0, 1)[None], step).float() / 255.0 for path in paths]
    with torch.inference_mode():
        seen = [network.look(low) for low in lows]
        halo = 0
        while True:
            near = [
                _near(network, low, look.picture, look.context, halo, step).flatten() for low, look in zip(lows, seen)
            ]
            if torch.cat(near).float().mean() >= _SHARE:
                return halo
            halo += step


def _near(network: Network, low: Tensor, whole: Tensor, context: Tensor | None, halo: int, step: int) -> Tensor:
    """Return for each pixel of the middle tile whether it equals the whole picture's."""
    side = -(-_TILE // step) * step
    first = [(n - side) // 2 // step * step for n in low.shape[2:]]
    if min(first) < halo or any(start + side + halo > n for start, n in zip(first, low.shape[2:])):
        raise ValueError(f"{tuple(low.shape[2:])} pixels are too few to measure a halo of {halo}")
    around = low[..., *(slice(start - halo, start + side + halo) for start in first)]
    made = network(around) if context is None else network.local_pass(around, context).picture
    scale = network.scale
    tile = made[..., *[slice(halo * scale, (halo + side) * scale)] * 2]
    wanted = whole[..., *(slice(start * scale, (start + side) * scale) for start in first)]
    return (tile.clamp(0, 1) - wanted.clamp(0, 1)).abs() <= 1.0 / 255.0
