"""Evaluation on video: clips downsampled, clean and after H.264, enlarged again and compared with what they were.

    UPFLUX_PROFILES=gpl python -m upflux_training.clips CLIP... --scale 2 --models plain-s-x2.onnx plain-s-stream-x2.safetensors

Prints a Markdown table of mean luma PSNR per clip, bicubic beside the models, which are exported files or weights of
one scale (of networks with attention at x3 exported files only). Every clip is encoded whole, and frames spread evenly
over it are judged.
"""

import argparse
import tempfile
from pathlib import Path
from typing import NamedTuple

import onnx
import torch
from torch import Tensor

from . import video, weights
from .data import whole_steps
from .evaluate import Upscaler, bicubic, onnx_upscaler, whole
from .metrics import luma, psnr
from .resize import quantise, resize


class Model(NamedTuple):
    """Something that enlarges, and the multiples it needs its input's sides to be."""

    name: str
    upscale: Upscaler
    align: int


def model(path: Path) -> Model:
    """Return an exported model through ONNX Runtime, or weights through PyTorch."""
    if path.suffix == ".onnx":
        entries = {entry.key: entry.value for entry in onnx.load(path, load_external_data=False).metadata_props}
        return Model(path.stem, onnx_upscaler(path), int(entries.get("upflux.align", "1")))
    network = weights.trained(path.stem, path)
    return Model(path.stem, network, network.align)


def versions(high: Tensor, scale: int, crfs: list[int]) -> dict[str, Tensor]:
    """Return LR frames [n, 3, h, w] in 0..255 by what happened to them."""
    height, width = (side // scale for side in high.shape[2:])
    clean = torch.stack([resize(frame, height, width) for frame in high])
    low = {"clean": clean}
    with tempfile.TemporaryDirectory() as folder:
        source, coded = (Path(folder) / name for name in ("low.y4m", "coded.mkv"))
        video.write(source, clean)
        for crf in crfs:
            video.encode(source, coded, crf)
            low[f"CRF {crf}"] = video.decode(coded).permute(0, 3, 1, 2).float()
    return low


def score(model: Model, low: Tensor, high: Tensor, scale: int) -> float:
    """Return the mean luma PSNR of enlarged frames, a border of ``scale`` pixels left out."""
    height, width = high.shape[2:]
    total = 0.0
    for small, large in zip(low, high):
        with torch.inference_mode():
            result = quantise(whole(model.upscale, small[None] / 255.0, model.align).float() * 255.0)
        pictures = (result[..., :height, :width], large[None])
        total += psnr(*(luma(picture)[..., scale:-scale, scale:-scale] for picture in pictures))
    return total / len(high)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", nargs="+", type=Path, help="lossless clips, or a folder of them")
    parser.add_argument("--models", nargs="*", default=[], type=Path, help=".onnx or .safetensors files")
    parser.add_argument("--scale", type=int, required=True, choices=(2, 3, 4))
    parser.add_argument("--crf", nargs="*", type=int, default=[23, 30])
    parser.add_argument("--frames", type=int, default=12, help="frames of a clip that are judged")
    arguments = parser.parse_args()

    scale = arguments.scale
    models = [Model(f"bicubic-x{scale}", bicubic(scale), 1), *(model(path) for path in arguments.models)]
    paths = [file for path in arguments.clips for file in (sorted(path.iterdir()) if path.is_dir() else [path])]
    print(f"| clip | LR | {' | '.join(m.name for m in models)} |\n|---|---|{'---|' * len(models)}", flush=True)
    scores: dict[str, list[list[float]]] = {}
    for path in paths:
        high = whole_steps(video.decode(path).permute(0, 3, 1, 2), 2 * scale)
        judged = torch.linspace(0, len(high) - 1, min(arguments.frames, len(high))).round().long()
        for kind, low in versions(high, scale, arguments.crf).items():
            row = [score(m, low[judged], high[judged], scale) for m in models]
            scores.setdefault(kind, []).append(row)
            print_row(f"{path.stem} | {kind}", row)
    for kind, rows in scores.items():
        print_row(f"**mean** | {kind}", [sum(column) / len(rows) for column in zip(*rows)])


def print_row(title: str, row: list[float]) -> None:
    """Print a line of the table, as soon as it is known."""
    print(f"| {title} | {' | '.join(f'{value:.2f}' for value in row)} |", flush=True)


if __name__ == "__main__":
    main()
