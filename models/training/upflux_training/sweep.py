"""What halting saves and what it costs, by threshold.

    python -m upflux_training.sweep adaformer-v-s-x2 --test SET5

Prints Markdown tables: luma PSNR, the share of windows that each block is spared (the paper's Fig. 4), and processor
time of the halting graph, which gathers, by that of the dense graph (all its windows computed, as masks would); beside
them what a host gets that takes depths from the dense pass's confidences and has the body leave windows out; then the
two extremes, a flat picture and one in which nothing halts.
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
from .checks import by_depth
from .data import load_picture, picture_paths, whole_steps
from .metrics import luma, psnr
from .resize import quantise, resize

_THRESHOLDS = (0.25, 0.5, 0.75, 0.95, 1.25, 1.5, 2.0, 3.0)
_RUNS = 7


class Pair:
    """The dense and the halting graph of a model, timed on one thread."""

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._dense, self._halting, self._body = (
            onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
            for file in (path, path.with_suffix(".halting.onnx"), path.with_suffix(".body.onnx"))
        )

    def dense(self, low: Tensor) -> np.ndarray:
        return self._dense.run(["hr"], {"lr": low.numpy()})[0]

    def halting(self, low: Tensor, threshold: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the picture and the halting depths."""
        hr, depth = self._halting.run(["hr", "depth"], {"lr": low.numpy(), "threshold": np.array(threshold, np.float32)})
        return hr, depth

    def by_dense(self, low: Tensor, threshold: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the picture and the depths of a host that knows a dense pass only."""
        context, confidence = self._dense.run(["context", "confidence"], {"lr": low.numpy()})
        depth = depths(confidence[0].reshape(confidence.shape[1], -1), threshold)
        lists = by_depth(depth, confidence.shape[1] + 1)
        return self._body.run(["hr"], {"lr": low.numpy(), "context": context, **lists})[0], depth

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


def depths(confidence: np.ndarray, threshold: float) -> np.ndarray:
    """Return the halting depth per window of [blocks - 1, windows]; the least sure window goes on to the end."""
    sums = confidence.cumsum(0)
    depth = 1 + (sums < threshold).sum(0)
    depth[sums[-1].argmin()] = len(confidence) + 1
    return depth


def shares(depth: np.ndarray, blocks: int) -> list[float]:
    """Return, per block, the share of windows it is spared."""
    return [float((depth < block).mean()) for block in range(1, blocks + 1)]


def row(*cells: str) -> None:
    print("| " + " | ".join(cells) + " |", flush=True)


def percent(spared: list[float]) -> str:
    return " ".join(f"{100 * share:.0f}" for share in spared)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", help="such as adaformer-v-s-x2")
    parser.add_argument("--test", type=Path, required=True, help="folder of HR pictures")
    arguments = parser.parse_args()

    network = weights.trained(arguments.name)
    pair = Pair(weights.graph_path(arguments.name))
    scale, blocks = network.scale, network.blocks
    step = network.align * scale
    highs = [load_picture(p).permute(2, 0, 1)[None].float() for p in picture_paths(arguments.test)]
    highs = [whole_steps(high, step) for high in highs]
    lows = [resize(high, high.shape[2] // scale, high.shape[3] // scale) / 255.0 for high in highs]

    def quality(made: list[np.ndarray]) -> float:
        pictures = (quantise(torch.from_numpy(hr) * 255.0) for hr in made)
        inner = (slice(scale, -scale), slice(scale, -scale))
        return statistics.fmean(psnr(luma(p)[..., *inner], luma(h)[..., *inner]) for p, h in zip(pictures, highs))

    row("threshold", "PSNR dB", "% of windows spared by block", "time by dense", "by dense confidences: dB", "equal depths %")
    row(*["---"] * 6)
    row("off", f"{quality([pair.dense(low) for low in lows]):.2f}", percent([0.0] * blocks), "1.00", "", "")
    thresholds = list(_THRESHOLDS)
    timed = [pair.milliseconds(low, thresholds) for low in lows]
    for index, threshold in enumerate(thresholds):
        own, dense = ([call(low, threshold) for low in lows] for call in (pair.halting, pair.by_dense))
        depth, told = (np.concatenate([d.ravel() for _, d in made]) for made in (own, dense))
        ratio = sum(halting[index] for _, halting in timed) / sum(all_of_it for all_of_it, _ in timed)
        row(
            f"{threshold:.2f}",
            f"{quality([hr for hr, _ in own]):.2f}",
            percent(shares(depth, blocks)),
            f"{ratio:.2f}",
            f"{quality([hr for hr, _ in dense]):.2f}",
            f"{100 * (depth == told).mean():.1f}",
        )

    print()
    row("picture, 320x176", "threshold", "% of windows spared by block", "time by dense")
    row(*["---"] * 4)
    flat = torch.full((1, 3, 176, 320), 0.5)
    noise = torch.rand(flat.shape, generator=torch.Generator().manual_seed(0))
    # At threshold 0 all halt at once: what remains is everything around the blocks, and the first of them.
    for title, low, threshold in (("flat", flat, 0.95), ("flat", flat, 0.0), ("noise", noise, 0.95), ("noise", noise, 1e9)):
        dense_time, (halting_time,) = pair.milliseconds(low, [threshold])
        spared = percent(shares(pair.halting(low, threshold)[1], blocks))
        row(title, "none" if threshold > blocks else f"{threshold:.2f}", spared, f"{halting_time / dense_time:.2f}")


if __name__ == "__main__":
    main()
