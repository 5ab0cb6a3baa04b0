"""Training within a given number of minutes.

    python -m upflux_training.train plain-s-x2 --data DIR --minutes 30 --test SET5 SET14 B100

Continues from the repository's weights when there are any (``--from`` names others, ``--fresh`` ignores them); without
them x4 starts from x2, x3 from x4 or x2. The learning rate follows the clock, not a step
count: short warm-up, then a cosine to zero when time is up, so a run ends well wherever it runs.
"""

import argparse
import copy
import json
import math
import random
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from . import weights
from .data import Pairs, open_pairs
from .evaluate import evaluate
from .network import Network
from .networks import create

_WARM_UP = 0.03
_EMA = 0.999


def rate(progress: float) -> float:
    """Return the learning rate's share of its peak at a progress of 0..1."""
    if progress < _WARM_UP:
        return 0.05 + 0.95 * progress / _WARM_UP
    return 0.5 + 0.5 * math.cos(math.pi * min(1.0, (progress - _WARM_UP) / (1.0 - _WARM_UP)))


@torch.no_grad()
def follow(average: nn.Module, network: nn.Module, step: int) -> None:
    """Move the averaged weights a little towards the trained ones."""
    # Early steps average over what has been seen, or the random start would linger in the mean.
    keep = min(_EMA, (step + 1) / (step + 10))
    torch._foreach_lerp_(list(average.parameters()), list(network.parameters()), 1.0 - keep)
    for mean, last in zip(average.buffers(), network.buffers()):
        mean.copy_(last)


def train(network: Network, pairs: Pairs, batch: int, minutes: float, peak: float) -> tuple[Network, int]:
    """Train for the given time and return the averaged network and the number of steps."""
    device = next(network.parameters()).device
    network.train()
    average = copy.deepcopy(network).requires_grad_(False)
    cuda = device.type == "cuda"
    optimiser = torch.optim.AdamW(network.parameters(), lr=peak, betas=(0.9, 0.99), weight_decay=0.0, fused=True)
    loss_of: Callable[[Tensor, Tensor], Tensor] = torch.compile(network.loss) if cuda else network.loss
    # Both kinds of processor multiply bfloat16 at least twice as fast; weights and optimiser stay float32.
    half = torch.autocast(device.type, torch.bfloat16)
    start = time.monotonic()
    for step, (low, high) in enumerate(pairs.batches(batch)):
        progress = (time.monotonic() - start) / (60.0 * minutes)
        if progress >= 1.0:
            average.fold()
            return average.eval(), step
        optimiser.param_groups[0]["lr"] = peak * rate(progress)
        with half:
            loss = loss_of(low.contiguous(memory_format=torch.channels_last), high)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        follow(average, network, step)
        if step % 500 == 0:
            print(f"step {step}  {100 * progress:.0f} %  loss {loss.item():.5f}", flush=True)
    raise AssertionError("batches are endless")


def starting_point(name: str) -> Path | None:
    """Return the repository's weights of a network, or of the nearest one: its clean kind, or its x2."""
    stem, _, scale = name.rpartition("-x")
    clean = stem.removesuffix("-stream")
    for candidate in (name, f"{clean}-x{scale}", *([f"{clean}-x4"] if scale == "3" else []), f"{clean}-x2"):
        if weights.default_path(candidate).exists():
            return weights.default_path(candidate)
    return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", help="such as plain-s-x2 or adaformer-v-s-x4")
    parser.add_argument("--data", type=Path, required=True, help="folder of training pictures, or a file of degraded pairs")
    parser.add_argument("--clean", type=float, default=0.25, help="share of degraded pairs that are left clean")
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--from", dest="source", type=Path, help="weights to start from")
    parser.add_argument("--fresh", action="store_true", help="start from noise")
    parser.add_argument("--output", type=Path, help="weights to write; default: the repository's")
    parser.add_argument("--log", type=Path, default=weights.LOG)
    parser.add_argument("--test", nargs="*", default=[], type=Path, help="folders to evaluate on at the end")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--crop", type=int, default=48, help="side of a training crop in LR pixels")
    parser.add_argument("--rate", type=float, default=1e-3, help="peak learning rate")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()

    device = torch.device(arguments.device)
    torch.manual_seed(arguments.seed)
    random.seed(arguments.seed)
    network = create(arguments.name)
    source = None if arguments.fresh else arguments.source or starting_point(arguments.name)
    if source is not None:
        left = weights.load(network, source)
        network.restart()
        print(f"continuing from {source.name}" + (f", new: {', '.join(left)}" if left else ""))
    network.to(device, memory_format=torch.channels_last)
    pairs = open_pairs(arguments.data, network.scale, arguments.crop, arguments.clean, device, arguments.seed)
    print(f"{arguments.name}: {pairs.count} pictures", flush=True)

    average, steps = train(network, pairs, arguments.batch, arguments.minutes, arguments.rate)
    output = arguments.output or weights.default_path(arguments.name)
    weights.save(average, output)
    # Judge what was stored, rounding to half precision included.
    weights.load(average, output)
    scores = {folder.name: evaluate(average, folder, network.scale, device, network.align) for folder in arguments.test}
    record = {
        "name": arguments.name,
        "from": source.name if source else None,
        "data": arguments.data.name,
        "pictures": pairs.count,
        "degradation": pairs.degradation,
        "batch": arguments.batch,
        "crop": arguments.crop,
        "rate": arguments.rate,
        "steps": steps,
        "seconds": round(60.0 * arguments.minutes),
        "device": device.type,
        "psnr": {key: round(score.psnr, 3) for key, score in scores.items()},
        "ssim": {key: round(score.ssim, 4) for key, score in scores.items()},
    }
    line = json.dumps(record)
    print(line)
    with arguments.log.open("a") as log:
        log.write(line + "\n")


if __name__ == "__main__":
    main()
