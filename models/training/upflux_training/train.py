"""Training within a given number of minutes.

    python -m upflux_training.train --network plain-s --scale 2 --data DIR --minutes 30 --device cpu

Continues from the repository's weights when there are any (``--from`` names others, ``--fresh`` ignores them).
The learning rate follows the clock, not a step count: short warm-up, then a cosine to zero when time is up,
so a run ends well wherever it runs.
"""

import argparse
import copy
import json
import math
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from . import weights
from .data import TrainingPairs
from .evaluate import evaluate
from .plain import SHAPES, PlainNetwork

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


def train(network: nn.Module, pairs: TrainingPairs, batch: int, minutes: float, peak: float) -> tuple[nn.Module, int]:
    """Train for the given time and return the averaged network and the number of steps."""
    device = next(network.parameters()).device
    average = copy.deepcopy(network).requires_grad_(False)
    optimiser = torch.optim.AdamW(network.parameters(), lr=peak, betas=(0.9, 0.99), weight_decay=0.0)
    half = torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda")
    start = time.monotonic()
    for step, (low, high) in enumerate(pairs.batches(batch)):
        progress = (time.monotonic() - start) / (60.0 * minutes)
        if progress >= 1.0:
            return average, step
        optimiser.param_groups[0]["lr"] = peak * rate(progress)
        with half:
            loss = F.l1_loss(network(low).float(), high)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        follow(average, network, step)
        if step % 500 == 0:
            print(f"step {step}  {100 * progress:.0f} %  loss {loss.item():.5f}", flush=True)
    raise AssertionError("batches are endless")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", required=True, choices=sorted(SHAPES))
    parser.add_argument("--scale", type=int, required=True, choices=(2, 3, 4))
    parser.add_argument("--data", type=Path, required=True, help="folder of training pictures")
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--from", dest="source", type=Path, help="weights to start from")
    parser.add_argument("--fresh", action="store_true", help="start from noise")
    parser.add_argument("--output", type=Path, help="weights to write; default: the repository's")
    parser.add_argument("--test", nargs="*", default=[], type=Path, help="folders to evaluate on at the end")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--crop", type=int, default=48, help="side of a training crop in LR pixels")
    parser.add_argument("--rate", type=float, default=2e-3, help="peak learning rate")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()

    name = f"{arguments.network}-x{arguments.scale}"
    output = arguments.output or weights.default_path(name)
    device = torch.device(arguments.device)
    torch.manual_seed(arguments.seed)
    network = PlainNetwork(SHAPES[arguments.network], arguments.scale)
    source = None if arguments.fresh else arguments.source
    if source is None and not arguments.fresh and weights.default_path(name).exists():
        source = weights.default_path(name)
    if source is not None:
        left = weights.load(network, source)
        print(f"continuing from {source.name}" + (f", new: {', '.join(left)}" if left else ""))
    network.to(device)
    pairs = TrainingPairs(arguments.data, arguments.scale, arguments.crop, device, arguments.seed)
    print(f"{name}: {pairs.count} pictures", flush=True)

    average, steps = train(network, pairs, arguments.batch, arguments.minutes, arguments.rate)
    weights.save(average, output)
    # Judge what was stored, rounding to half precision included.
    weights.load(average, output)
    scores = {folder.name: evaluate(average, folder, arguments.scale, device) for folder in arguments.test}
    record = {
        "name": name,
        "from": source.name if source else None,
        "pictures": pairs.count,
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
    with weights.log_path(output).open("a") as log:
        log.write(line + "\n")


if __name__ == "__main__":
    main()
