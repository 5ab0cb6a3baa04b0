"""What it costs to reuse a context: one that is some frames old, or one pooled over a few tiles of the picture.

    python -m upflux_training.ages adaformer-v-s-x2 CLIP...

Prints a Markdown table of mean luma PSNR per clip against ground truth: with each frame's own context, with that of 1,
12 and 30 frames before, and with one pooled over a few tiles spread over the picture.
"""

import argparse
import math
from pathlib import Path

import torch
from torch import Tensor

from . import video, weights
from .clips import print_row
from .data import whole_steps
from .metrics import luma, psnr
from .network import Network
from .resize import quantise, resize

_AGES = (1, 12, 30)
_SAMPLES = 8
_SAMPLE_SIDE = 64


def places(height: int, width: int, align: int) -> list[tuple[slice, slice]]:
    """Return where the product takes samples of a picture, as its ``SamplePlan`` says: tiles of 64x64, or smaller in a
    smaller picture, in rows, evenly from border to border, about as far apart downwards as across.

    The picture's sides are multiples of ``align``.
    """
    down, across = (-(-min(length, _SAMPLE_SIDE) // align) * align for length in (height, width))
    if height == down:
        rows = 1
    elif width == across:
        rows = _SAMPLES
    else:
        rows = max(1, min(_SAMPLES, math.floor((_SAMPLES * height / width) ** 0.5 + 0.5)))

    def start(index: int, count: int, room: int) -> int:
        return (room // 2 if count == 1 else room * index // (count - 1)) // align * align

    found = []
    for row in range(rows):
        top = start(row, rows, height - down)
        columns = _SAMPLES * (row + 1) // rows - _SAMPLES * row // rows
        for column in range(columns):
            left = start(column, columns, width - across)
            found.append((slice(top, top + down), slice(left, left + across)))
    return found


def contexts(network: Network, lows: list[Tensor], index: int) -> list[Tensor]:
    """Return the contexts to compare for one frame: its own, older ones, a sampled one."""
    frames = [index, *(max(0, index - age) for age in _AGES)]
    seen = [network.look(lows[frame]).context for frame in frames]
    low = lows[index]
    samples = torch.cat([low[..., *place] for place in places(*low.shape[2:], network.align)])
    return [*seen, network.look(samples).context]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", help="such as adaformer-v-s-x2")
    parser.add_argument("clips", nargs="+", type=Path, help="lossless clips, or a folder of them")
    parser.add_argument("--weights", type=Path, help="default: the repository's")
    parser.add_argument("--frames", type=int, default=4, help="frames of a clip that are judged")
    arguments = parser.parse_args()

    network = weights.trained(arguments.name, arguments.weights)
    if network.local:
        raise SystemExit(f"{arguments.name} has no context")
    scale = network.scale
    ages = [f"{age} frame{'s' * (age > 1)} old" for age in _AGES]
    print(f"| clip | own | {' | '.join(ages)} | {_SAMPLES} tiles |\n|---|{'---|' * (len(_AGES) + 2)}")
    rows = []
    for path in [file for path in arguments.clips for file in (sorted(path.iterdir()) if path.is_dir() else [path])]:
        high = whole_steps(video.decode(path).permute(0, 3, 1, 2), scale * network.align).float()
        lows = [resize(frame[None], frame.shape[1] // scale, frame.shape[2] // scale) / 255.0 for frame in high]
        judged = torch.linspace(min(max(_AGES), len(lows) - 1), len(lows) - 1, arguments.frames).round().long().unique()
        totals = [0.0] * (len(_AGES) + 2)
        for index in judged.tolist():
            truth = luma(high[index : index + 1])[..., scale:-scale, scale:-scale]
            with torch.inference_mode():
                for place, context in enumerate(contexts(network, lows, index)):
                    made = luma(quantise(network.local_pass(lows[index], context).picture * 255.0))
                    totals[place] += psnr(made[..., scale:-scale, scale:-scale], truth)
        rows.append([total / len(judged) for total in totals])
        print_row(path.stem, rows[-1])
    print_row("**mean**", [sum(column) / len(rows) for column in zip(*rows)])


if __name__ == "__main__":
    main()
