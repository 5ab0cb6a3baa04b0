"""Training pairs whose LR pictures went through H.264, as those of a stream do.

    UPFLUX_PROFILES=gpl python -m upflux_training.degrade PICTURES --scale 2 --output pairs-x2.safetensors

A shot is a window that a camera moves over a picture in a straight line, downsampled frame by frame; it is encoded at
some CRF so that it has predicted frames, decoded again, and a few of its frames are kept, each with its HR window.

The output holds ``low`` uint8 [n, h, w, 3], ``high`` uint8 [n, scale*h, scale*w, 3], both RGB, and in its metadata
``scale`` and ``degradation``.
"""

import argparse
import random
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import torch
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor

from . import video
from .data import load_picture, picture_paths
from .metrics import luma, psnr
from .resize import resize

# A frame further from its source than any CRF makes it is another frame.
_SAME_FRAME = 18.0


class Shot(NamedTuple):
    """Where the window's top left corner lies in a picture, per frame, in HR pixels."""

    picture: Path
    corners: list[tuple[int, int]]


def shot(path: Path, size: tuple[int, int], side: int, frames: int, speed: float, chance: random.Random) -> Shot:
    """Return a straight move of a window of ``side`` inside a picture of a size, by ``speed`` pixels a frame at most."""
    start, way = [], []
    for length in size:
        room = length - side
        # Squared: cameras mostly hold still or move slowly. Whole HR pixels are fractions of LR pixels.
        reach = min(room, (frames - 1) * speed * chance.random() ** 2)
        way.append(reach * chance.choice((-1, 1)))
        start.append(chance.uniform(max(0.0, -way[-1]), room - max(0.0, way[-1])))
    corners = [tuple(round(s + w * i / max(1, frames - 1)) for s, w in zip(start, way)) for i in range(frames)]
    return Shot(path, corners)


def shots(folder: Path, count: int, side: int, frames: int, speed: float, chance: random.Random) -> list[Shot]:
    """Return shots from all over a folder: the larger a picture, the more."""
    large = {}
    for path in picture_paths(folder):
        with Image.open(path) as image:
            if min(image.size) >= side:
                large[path] = (image.height, image.width)
    if not large:
        raise ValueError(f"every picture in {folder} is smaller than a window ({side} pixels)")
    chosen = chance.choices(list(large), [height * width for height, width in large.values()], k=count)
    return [shot(path, large[path], side, frames, speed, chance) for path in chosen]


def windows(shot: Shot, side: int) -> Iterator[Tensor]:
    """Yield the HR windows of a shot, uint8 [side, side, 3]."""
    picture = load_picture(shot.picture)
    for top, left in shot.corners:
        yield picture[top : top + side, left : left + side]


def degrade(group: list[Shot], crf: int, scale: int, size: int, keep: int, chance: random.Random) -> tuple[Tensor, Tensor]:
    """Return ``keep`` frames of each shot as (low, high), all encoded as one clip with a key frame at each shot."""
    frames = len(group[0].corners)
    low, high = [], []
    kept = [sorted(chance.sample(range(frames), keep)) for _ in group]
    for one, wanted in zip(group, kept):
        for index, window in enumerate(windows(one, size * scale)):
            low.append(resize(window.permute(2, 0, 1), size, size))
            if index in wanted:
                high.append(window)
    with tempfile.TemporaryDirectory() as folder:
        source, coded = (Path(folder) / name for name in ("low.y4m", "coded.mkv"))
        video.write(source, low)
        video.encode(source, coded, crf, gop=frames)
        decoded = video.decode(coded)
        size_in_bytes = coded.stat().st_size
    if len(decoded) != len(low):
        raise ValueError(f"{len(low)} frames became {len(decoded)}")
    errors = [psnr(luma(a[None]), luma(b.permute(2, 0, 1)[None])) for a, b in zip(low, decoded)]
    print(
        f"CRF {crf}: {len(group)} shots, {8 * size_in_bytes / decoded[..., 0].numel():.3f} bits a pixel, "
        f"median {statistics.median(errors):.2f} dB, worst frame {min(errors):.2f} dB",
        flush=True,
    )
    if min(errors) < _SAME_FRAME:
        raise ValueError(f"frame {errors.index(min(errors))} is not the one that was encoded")
    places = [number * frames + index for number, wanted in enumerate(kept) for index in wanted]
    return decoded[places], torch.stack(high)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder of HR pictures")
    parser.add_argument("--scale", type=int, required=True, choices=(2, 3, 4))
    parser.add_argument("--output", type=Path, required=True, help="safetensors file to write")
    parser.add_argument("--crf", type=int, nargs=2, default=(20, 34), metavar=("LEAST", "MOST"))
    parser.add_argument("--shots", type=int, default=800)
    parser.add_argument("--frames", type=int, default=12, help="frames of a shot")
    parser.add_argument("--keep", type=int, default=2, help="frames of a shot that are kept")
    parser.add_argument("--size", type=int, default=128, help="side of an LR frame")
    parser.add_argument("--speed", type=float, default=3.0, help="most LR pixels that the camera moves a frame")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()

    chance = random.Random(arguments.seed)
    side = arguments.size * arguments.scale
    all_shots = shots(
        arguments.folder, arguments.shots, side, arguments.frames, arguments.speed * arguments.scale, chance
    )
    least, most = arguments.crf
    # One clip a CRF: starting the program takes longer than encoding a shot.
    groups = {crf: all_shots[crf - least :: most - least + 1] for crf in range(least, most + 1)}
    pairs = [
        degrade(group, crf, arguments.scale, arguments.size, arguments.keep, chance)
        for crf, group in groups.items()
        if group
    ]
    low, high = (torch.cat(side) for side in zip(*pairs))
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    save_file(
        {"low": low, "high": high},
        arguments.output,
        {"scale": str(arguments.scale), "degradation": f"H.264 CRF {least}-{most}"},
    )
    print(f"{arguments.output.name}: {len(low)} pairs")


if __name__ == "__main__":
    main()
