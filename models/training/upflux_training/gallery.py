"""Pictures to look at: LR, bicubic, the network's, and where windows halted, side by side.

    python -m upflux_training.gallery adaformer-v-s-x2 PICTURE... --output FOLDER

Takes the middle of each picture and writes one WebP strip of four panels, named after it. In the last panel a window is
the lighter the more blocks computed it.
"""

import argparse
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from . import weights
from .adaformer import THRESHOLD
from .data import load_picture
from .network import Network
from .resize import quantise, resize
from .sweep import Pair

_SIDE = 256


def middle(picture: Tensor) -> Tensor:
    """Return the middle [1, 3, 256, 256] of [h, w, 3]."""
    top, left = ((n - _SIDE) // 2 for n in picture.shape[:2])
    return picture[top : top + _SIDE, left : left + _SIDE].permute(2, 0, 1)[None].float()


def strip(pair: Pair, network: Network, high: Tensor, threshold: float) -> Tensor:
    """Return four panels [1, 3, 256, 4 * 256] in 0..255."""
    scale = network.scale
    low = resize(high, _SIDE // scale, _SIDE // scale)
    made, depth = pair.halting(low / 255.0, threshold)
    levels = torch.from_numpy(depth).float() / network.blocks * 255.0
    side = network.window * scale
    return torch.cat(
        [
            low.repeat_interleave(scale, 2).repeat_interleave(scale, 3),
            resize(low, _SIDE, _SIDE),
            quantise(torch.from_numpy(made) * 255.0),
            levels[:, None].repeat_interleave(side, 2).repeat_interleave(side, 3).expand(-1, 3, -1, -1),
        ],
        3,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", help="such as adaformer-v-s-x2")
    parser.add_argument("pictures", nargs="+", type=Path)
    parser.add_argument("--threshold", type=float, default=THRESHOLD)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()

    network = weights.trained(arguments.name)
    pair = Pair(weights.graph_path(arguments.name))
    arguments.output.mkdir(parents=True, exist_ok=True)
    for path in arguments.pictures:
        panels = strip(pair, network, middle(load_picture(path)), arguments.threshold)
        picture = Image.fromarray(panels[0].permute(1, 2, 0).byte().numpy())
        picture.save(arguments.output / f"{path.stem}.webp", quality=85, method=6)


if __name__ == "__main__":
    main()
