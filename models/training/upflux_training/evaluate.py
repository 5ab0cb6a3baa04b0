"""Evaluation on test pictures: PSNR and SSIM on luma, border cropped by the scale.

    python -m upflux_training.evaluate --scale 2 DIR...                       bicubic
    python -m upflux_training.evaluate --scale 2 --model plain-s-x2.onnx DIR...
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .data import load_picture, picture_paths
from .metrics import luma, psnr, ssim
from .network import Network
from .resize import quantise, resize

Upscaler = Callable[[Tensor], Tensor]
"""Maps LR [1, 3, h, w] in 0..1 to HR [1, 3, scale*h, scale*w] in 0..1."""


class Score(NamedTuple):
    """Mean figures over one test set."""

    psnr: float
    ssim: float
    pictures: int


def bicubic(scale: int) -> Upscaler:
    """Return plain bicubic enlargement, whose published figures prove the whole chain."""
    return lambda low: resize(low * 255.0, low.shape[-2] * scale, low.shape[-1] * scale) / 255.0


def onnx_upscaler(path: Path, threads: int = 0) -> Upscaler:
    """Return a model file as an upscaler, run by ONNX Runtime on the CPU."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return lambda low: torch.from_numpy(session.run(["hr"], {"lr": np.ascontiguousarray(low.numpy())})[0])


def whole(upscale: Upscaler, low: Tensor, align: int) -> Tensor:
    """Enlarge a picture whose sides need not be multiples of ``align``: it is continued by its last row and column."""
    height, width = low.shape[-2:]
    low = F.pad(low, (0, -width % align, 0, -height % align), mode="replicate")
    return upscale(low)


def evaluate(
    upscale: Upscaler, folder: Path, scale: int, device: torch.device = torch.device("cpu"), align: int = 1
) -> Score:
    """Downsample every picture of a folder, upscale it again and compare."""
    paths = picture_paths(folder)
    total_psnr = total_ssim = 0.0
    for path in paths:
        high = load_picture(path).permute(2, 0, 1)[None].to(device).float()
        height, width = (n // scale for n in high.shape[-2:])
        high = high[..., : height * scale, : width * scale]
        low = resize(high, height, width) / 255.0
        with torch.inference_mode():
            result = quantise(whole(upscale, low, align).float() * 255.0)[..., : height * scale, : width * scale]
        a, b = (luma(p)[..., scale:-scale, scale:-scale] for p in (result, high))
        total_psnr += psnr(a, b)
        total_ssim += ssim(a, b)
    return Score(total_psnr / len(paths), total_ssim / len(paths), len(paths))


def scores(network: Network, folders: Sequence[Path], device: torch.device = torch.device("cpu")) -> dict[str, Any]:
    """Return what a network reaches on folders of pictures, as the log has it."""
    each = {folder.name: evaluate(network, folder, network.scale, device, network.align) for folder in folders}
    return {
        "psnr": {name: round(score.psnr, 3) for name, score in each.items()},
        "ssim": {name: round(score.ssim, 4) for name, score in each.items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, help="folders of HR pictures")
    parser.add_argument("--scale", type=int, required=True, choices=(2, 3, 4))
    parser.add_argument("--model", type=Path, help="an exported .onnx file; bicubic without it")
    arguments = parser.parse_args()
    upscale = onnx_upscaler(arguments.model) if arguments.model else bicubic(arguments.scale)
    for folder in arguments.folders:
        score = evaluate(upscale, folder, arguments.scale)
        print(f"{folder.name:8s} x{arguments.scale}  {score.psnr:.3f} dB  {score.ssim:.4f}  {score.pictures} pictures")


if __name__ == "__main__":
    main()
