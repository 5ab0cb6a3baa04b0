"""The full-size networks, trained in turn for as long as there is a device.

    python -m upflux_training.schedule --data DIV2K --device cuda --minutes 600 --test SET5 SET14 B100

Each gets a slice of some minutes, in the order below, then each another one, until the time is up. Every slice ends with
weights and a line in the log, from which the next call goes on: the network comes next that has had the fewest minutes
on this kind of device since it began from noise or from another, the first of them in the order. What is stopped loses
its slice only.
"""

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import torch

from . import weights
from .train import Run, starting_point

ORDER = (
    "adaformer-x4",
    "esc-x2",
    "adaformer-v-x2",
    "adaformer-x2",
    "esc-light-x2",
    "agileir-plus-x2",
    *(f"{stem}-x4" for stem in ("esc", "adaformer-v", "esc-light", "agileir-plus")),
    *(f"{stem}-x3" for stem in ("adaformer", "esc", "adaformer-v", "esc-light", "agileir-plus")),
    *(f"{stem}-x{scale}" for scale in (2, 4, 3) for stem in ("esc-fp", "esc-rib", "agileir")),
)
"""Those first of which most is wanted; x3 and x4 after the x2 that they start from, but for AdaFormer's only published one."""


@dataclass(frozen=True)
class Recipe:
    """How a family is trained: as its paper does where slices of minutes allow."""

    batch: int
    crop: int
    rate: float


_RECIPES = {
    "esc": Recipe(batch=64, crop=64, rate=5e-4),
    "adaformer": Recipe(batch=16, crop=48, rate=5e-4),
    "agileir": Recipe(batch=16, crop=60, rate=5e-4),
}


def recipe(name: str) -> Recipe:
    """Return how a network is trained; its crops hold whole windows."""
    return _RECIPES[name.split("-")[0]]


def trained_seconds(log: Path, device: str) -> dict[str, int]:
    """Return by name for how long networks have been trained on a kind of device since they last began anew."""
    seconds: dict[str, int] = {}
    for record in weights.kept_runs(log) if log.exists() else ():
        name = record["name"]
        if record["device"] != device:
            continue
        goes_on = record["from"] == f"{name}.safetensors"
        seconds[name] = (seconds.get(name, 0) if goes_on else 0) + record["seconds"]
    return seconds


def next_of(names: list[str], log: Path, device: str) -> str:
    """Return whose turn it is."""
    seconds = trained_seconds(log, device)
    return min(names, key=lambda name: seconds.get(name, 0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="name", help="networks to train; default: all, most wanted first")
    parser.add_argument("--data", type=Path, required=True, help="folder of training pictures")
    parser.add_argument("--minutes", type=float, required=True, help="in all; evaluation is not counted")
    parser.add_argument("--slice", type=float, default=30.0, help="minutes that a network is trained at once")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--log", type=Path, default=weights.LOG)
    parser.add_argument("--test", nargs="*", default=[], type=Path, help="folders to evaluate on after each slice")
    given = parser.parse_args()

    left, names = given.minutes, given.names or list(ORDER)
    while left > 0 and names:
        name = next_of(names, given.log, torch.device(given.device).type)
        how = recipe(name)
        # Another seed each time, lest every slice see the same crops.
        run = Run(
            name,
            given.data,
            min(given.slice, left),
            how.batch,
            how.crop,
            how.rate,
            device=given.device,
            seed=time.time_ns() % 2**31,
            tests=given.test,
        )
        try:
            run.perform(starting_point(name), weights.default_path(name), given.log)
        except ArithmeticError as diverged:
            # Its weights are as they were; the others are to have the time.
            print(f"{name}: {diverged}", flush=True)
            names = [other for other in names if other != name]
        left -= given.slice


if __name__ == "__main__":
    main()
