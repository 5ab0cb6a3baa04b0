"""Training within a given number of minutes.

    python -m upflux_training.train plain-s-x2 --data DIR --minutes 30 --test SET5 SET14 B100

Continues from the repository's weights when there are any (``--from`` names others, ``--fresh`` ignores them); without
them x4 starts from x2, x3 from x4 or x2. Of networks with attention at x3 only the tail is trained, on x4's body. ``--grow``
names a smaller network of the family to begin as. The learning rate follows the clock, not a step count: short warm-up, then
a cosine to zero when time is up, so a run ends well wherever it runs.
"""

import argparse
import copy
import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from . import weights
from .data import Pairs, open_pairs
from .evaluate import scores
from .grow import grow
from .network import Network
from .networks import create, host
from .optimise import Optimiser

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


Progress = Callable[[int], float]
"""Tells from the number of steps done how much of the training is over, from 0; at 1 it ends."""


def for_minutes(minutes: float) -> Progress:
    """Begin now and end by the clock."""
    start = time.monotonic()
    return lambda _: (time.monotonic() - start) / (60.0 * minutes)


Loss = Callable[[Tensor, Tensor, Tensor | None], Tensor]
"""As :meth:`Network.loss`."""


def train(
    network: Network, pairs: Pairs, batch: int, begin: Callable[[], Progress], peak: float, compiled: bool = False
) -> tuple[Network, int]:
    """Train until it is over and return the averaged network and the number of steps.

    :param begin: called when the first step can be made: compiling does not count
    """
    device = next(network.parameters()).device
    network.train()
    average = copy.deepcopy(network).requires_grad_(False)
    optimiser = Optimiser(network)
    batches = pairs.batches(batch)
    loss_of = _compiled(network, *next(batches)) if compiled or device.type == "cuda" else network.loss
    progress_at = begin()
    for step, (low, high) in enumerate(batches):
        progress = progress_at(step)
        if progress >= 1.0:
            if not all(parameter.isfinite().all() for parameter in average.parameters()):
                raise ArithmeticError(f"weights are no numbers after {step} steps; a lower rate than {peak} may do")
            average.fold()
            return average.eval(), step
        # Half of the steps run dense, the others halt at a random threshold: the network is to be good at any.
        threshold = None
        if network.blocks and random.random() < 0.5:
            threshold = torch.full((), random.uniform(0.3, 3.0), device=device)
        loss = _forward(loss_of, low, high, threshold)
        network.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step(peak * rate(progress))
        follow(average, network, step)
        if step % 100 == 0 and not loss.isfinite():
            raise ArithmeticError(f"the loss is no number after {step} steps; a lower rate than {peak} may do")
        if step % 500 == 0:
            print(f"step {step}  {100 * progress:.0f} %  loss {loss.item():.5f}", flush=True)
    raise AssertionError("batches are endless")


def _forward(loss_of: Loss, low: Tensor, high: Tensor, threshold: Tensor | None) -> Tensor:
    # Both kinds of processor multiply bfloat16 at least twice as fast; weights and optimiser stay float32.
    with torch.autocast(low.device.type, torch.bfloat16):
        return loss_of(low.contiguous(memory_format=torch.channels_last), high, threshold)


def _compiled(network: Network, low: Tensor, high: Tensor) -> Loss:
    """Return the loss as code for such pairs, dense and halting; the network's statistics change by a look at them."""
    # Nothing of networks before, whose other sides would make these unknown.
    torch._dynamo.reset()
    loss_of: Loss = torch.compile(network.loss, dynamic=False)
    for threshold in (None, torch.ones((), device=low.device)) if network.blocks else (None,):
        _forward(loss_of, low, high, threshold).backward()
    network.zero_grad()
    return loss_of


def starting_point(name: str) -> Path | None:
    """Return the repository's weights of a network, or of the nearest one: its clean kind, or its x2."""
    stem, _, scale = name.rpartition("-x")
    clean = stem.removesuffix("-stream")
    for candidate in (name, f"{clean}-x{scale}", *([f"{clean}-x4"] if scale == "3" else []), f"{clean}-x2"):
        if weights.default_path(candidate).exists():
            return weights.default_path(candidate)
    return None


@dataclass(frozen=True)
class Run:
    """One training: what is trained on what, how long and how."""

    name: str
    data: Path
    minutes: float
    batch: int = 16
    crop: int = 48
    """Side of a training crop in LR pixels."""
    rate: float = 1e-3
    """Peak learning rate."""
    clean: float = 0.25
    """Share of degraded pairs that are left clean."""
    device: str = "cpu"
    compiled: bool = False
    """Whether to compile the step; on a GPU it always is."""
    seed: int = 0
    tests: Sequence[Path] = ()
    """Folders to evaluate on at the end."""
    smaller: str | None = None
    """Name of the smaller network of the family that the weights to start from are of: it is grown."""

    def perform(self, source: Path | None, output: Path, log: Path) -> None:
        """Train from the weights of ``source``, or from noise, write them to ``output`` and a line to ``log``.

        Those of a smaller network are grown.
        """
        device = torch.device(self.device)
        if device.type == "cuda":
            # Convolutions in single precision are those of judging.
            torch.backends.cudnn.allow_tf32 = False
            # Gradients of rows whose keys are all hidden were no numbers (PyTorch 196678).
            torch.backends.cuda.enable_cudnn_sdp(False)
        hosted = host(self.name) != self.name
        goes_on = source is not None and source.resolve() == output.resolve()
        if hosted and not goes_on:
            raise ValueError(f"{self.name} is {host(self.name)} with a tail of its own: it starts from there and lies there")
        torch.manual_seed(self.seed)
        random.seed(self.seed)
        network = create(self.name)
        pairs = open_pairs(self.data, network.scale, self.crop, self.clean, device, self.seed)
        if self.smaller is not None:
            grow(network, weights.trained(self.smaller, source), next(pairs.batches(self.batch))[0].cpu())
            print(f"growing from {source.name}")
        elif source is not None:
            lacking = weights.load(network, source)
            print(f"continuing from {source.name}" + (f", new: {', '.join(lacking)}" if lacking else ""))
        if hosted:
            for key, parameter in network.named_parameters():
                parameter.requires_grad_(key.startswith("tail."))
        network.to(device, memory_format=torch.channels_last)
        print(f"{self.name}: {pairs.count} pictures", flush=True)

        average, steps = train(network, pairs, self.batch, lambda: for_minutes(self.minutes), self.rate, self.compiled)
        start = weights.origin(self.name, source) if source else None
        weights.keep(self.name, average, output, goes_on)
        # Judge what was stored, rounding to half precision included.
        weights.load(average, output)
        record = {
            "name": self.name,
            "from": start,
            "data": self.data.name,
            "pictures": pairs.count,
            "degradation": pairs.degradation,
            "batch": self.batch,
            "crop": self.crop,
            "rate": self.rate,
            "steps": steps,
            "seconds": round(60.0 * self.minutes),
            "device": device.type,
        }
        weights.record(record | scores(average, self.tests, device), log)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", help="such as plain-s-x2 or adaformer-v-s-x4")
    parser.add_argument("--data", type=Path, required=True, help="folder of training pictures, or a file of degraded pairs")
    parser.add_argument("--clean", type=float, default=Run.clean, help="share of degraded pairs that are left clean")
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--device", default=Run.device)
    parser.add_argument("--compile", action="store_true", help="compile the step, as is always done for a GPU")
    parser.add_argument("--from", dest="source", type=Path, help="weights to start from")
    parser.add_argument("--grow", metavar="NAME", help="smaller network of the family to begin as; --from names its weights")
    parser.add_argument("--fresh", action="store_true", help="start from noise")
    parser.add_argument("--output", type=Path, help="weights to write; default: the repository's")
    parser.add_argument("--log", type=Path, default=weights.LOG)
    parser.add_argument("--test", nargs="*", default=[], type=Path, help="folders to evaluate on at the end")
    parser.add_argument("--batch", type=int, default=Run.batch)
    parser.add_argument("--crop", type=int, default=Run.crop, help="side of a training crop in LR pixels")
    parser.add_argument("--rate", type=float, default=Run.rate, help="peak learning rate")
    parser.add_argument("--seed", type=int, default=Run.seed)
    given = parser.parse_args()

    run = Run(
        given.name,
        given.data,
        given.minutes,
        given.batch,
        given.crop,
        given.rate,
        given.clean,
        given.device,
        given.compile,
        given.seed,
        given.test,
        given.grow,
    )
    if given.fresh and (given.grow or given.source):
        parser.error("--fresh starts from noise and not from --from or --grow")
    default = weights.default_path(given.grow) if given.grow else starting_point(given.name)
    source = None if given.fresh else given.source or default
    run.perform(source, given.output or weights.default_path(given.name), given.log)


if __name__ == "__main__":
    main()
