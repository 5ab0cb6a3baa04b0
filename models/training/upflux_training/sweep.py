"""What halting saves and what it costs, by threshold.

    python -m upflux_training.sweep adaformer-v-s-x2 --test SET5

Prints Markdown tables: luma PSNR, the share of windows that each block is spared (the paper's Fig. 4), and processor
milliseconds of the halting graph, which gathers, beside those of the dense graph (all its windows computed, as masks
would); then the two extremes, a flat picture and one in which nothing halts.
"""

import argparse
import statistics
import time
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import Tensor

from . import weights
from .data import load_picture, picture_paths
from .metrics import luma, psnr
from .resize import quantise, resize

_THRESHOLDS = (0.25, 0.5, 0.75, 0.95, 1.25, 1.5, 2.0, 3.0)
_RUNS = 7


class Pair:
    """The dense and the halting graph of a model, timed on one thread."""

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._dense, self._halting = (
            onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
            for file in (path, path.with_suffix(".halting.onnx"))
        )

    def dense(self, low: Tensor) -> np.ndarray:
        return self._dense.run(["hr"], {"lr": low.numpy()})[0]

    def halting(self, low: Tensor, threshold: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the picture and the halting depths."""
        hr, depth = self._halting.run(None, {"lr": low.numpy(), "threshold": np.array(threshold, np.float32)})
        return hr, depth

    def milliseconds(self, low: Tensor, thresholds: list[float]) -> tuple[float, list[float]]:
        """Return processor time of the dense graph and of the halting graph per threshold: medians, taken by turns."""
        calls = [lambda: self.dense(low), *(lambda t=t: self.halting(low, t) for t in thresholds)]
        times: list[list[float]] = [[] for _ in calls]
        for _ in range(_RUNS):
            for call, taken in zip(calls, times):
                start = time.process_time()
                call()
                taken.append(1e3 * (time.process_time() - start))
        dense, *halting = (statistics.median(taken) for taken in times)
        return dense, halting


def on_grid(picture: Tensor, align: int) -> Tensor:
    """Cut [1, 3, h, w] to whole windows."""
    return picture[..., : picture.shape[2] // align * align, : picture.shape[3] // align * align]


def shares(depth: np.ndarray, blocks: int) -> list[float]:
    """Return, per block, the share of windows it is spared."""
    return [float((depth < block).mean()) for block in range(1, blocks + 1)]


def row(title: str, quality: float | None, spared: list[float], time_ratio: float) -> None:
    cells = [title, "" if quality is None else f"{quality:.2f}", " ".join(f"{100 * s:.0f}" for s in spared)]
    print("| " + " | ".join([*cells, f"{time_ratio:.2f}"]) + " |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", help="such as adaformer-v-s-x2")
    parser.add_argument("--test", type=Path, required=True, help="folder of HR pictures")
    arguments = parser.parse_args()

    network = weights.trained(arguments.name)
    pair = Pair(weights.default_path(arguments.name).with_suffix(".onnx"))
    scale, blocks = network.scale, network.blocks
    step = network.align * scale
    highs = [load_picture(p).permute(2, 0, 1)[None].float() for p in picture_paths(arguments.test)]
    highs = [on_grid(high, step) for high in highs]
    lows = [resize(high, high.shape[2] // scale, high.shape[3] // scale) / 255.0 for high in highs]

    def quality(made: list[np.ndarray]) -> float:
        pictures = (quantise(torch.from_numpy(hr) * 255.0) for hr in made)
        inner = (slice(scale, -scale), slice(scale, -scale))
        return statistics.fmean(psnr(luma(p)[..., *inner], luma(h)[..., *inner]) for p, h in zip(pictures, highs))

    print("| threshold | PSNR dB | % of windows spared by block | time against dense |\n|---|---|---|---|")
    row("off", quality([pair.dense(low) for low in lows]), [0.0] * blocks, 1.0)
    thresholds = list(_THRESHOLDS)
    timed = [pair.milliseconds(low, thresholds) for low in lows]
    for index, threshold in enumerate(thresholds):
        made = [pair.halting(low, threshold) for low in lows]
        depth = np.concatenate([d.ravel() for _, d in made])
        ratio = sum(halting[index] for _, halting in timed) / sum(dense for dense, _ in timed)
        row(f"{threshold:.2f}", quality([hr for hr, _ in made]), shares(depth, blocks), ratio)

    print("\n| picture, 320x176 at 0.95 | PSNR dB | % of windows spared by block | time against dense |\n|---|---|---|---|")
    flat = torch.full((1, 3, 176, 320), 0.5)
    noise = torch.rand(flat.shape, generator=torch.Generator().manual_seed(0))
    for title, low, threshold in (("flat", flat, 0.95), ("noise", noise, 0.95), ("noise, nothing halts", noise, 1e9)):
        dense, (halting,) = pair.milliseconds(low, [threshold])
        row(title, None, shares(pair.halting(low, threshold)[1], blocks), halting / dense)
    # What remains if all windows halt at once: everything around the blocks, and the first of them.
    dense, (halting,) = pair.milliseconds(flat, [0.0])
    row("all halt after the first block", None, shares(pair.halting(flat, 0.0)[1], blocks), halting / dense)


if __name__ == "__main__":
    main()
