"""What a part of a network is worth: it is trained with and without, equally long, from the same seed.

    python -m upflux_training.ablate agileir-attention --data DIR --minutes 10 --test SET5 B100

Prints a line per kind. Takes the minutes once for each.
"""

import argparse
import random
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from .adaformer import THRESHOLD, AdaFormer, Halted
from .agileir import AgileIR
from .data import TrainingPairs
from .evaluate import Upscaler, evaluate
from .network import Network
from .train import train

_SMALL_ADAFORMER = {"channels": 32, "heads": 2, "blocks": 4, "residual_blocks": 2, "estimator": 8}
_SMALL_AGILEIR = {"channels": 48, "heads": 3, "groups": 2, "layers": 1}

ABLATIONS: dict[str, dict[str, Callable[[], Network]]] = {
    "agileir-attention": {
        "with attention": lambda: AgileIR(2, **_SMALL_AGILEIR),
        "without": lambda: AgileIR(2, **_SMALL_AGILEIR, attention=False),
    },
    "halted-windows": {
        "left out of the whole block": lambda: AdaFormer(2, **_SMALL_ADAFORMER),
        "by the paper's rule": lambda: AdaFormer(2, **_SMALL_ADAFORMER, halted=Halted.PAPER_RULE),
    },
}


def ways(network: Network) -> dict[str, Upscaler]:
    """Return how a network is to be judged: as it is, and halting if it can."""
    if not isinstance(network, AdaFormer):
        return {"": network}

    def halting(low: Tensor) -> Tensor:
        return network.look(low, torch.tensor(THRESHOLD)).picture

    return {"dense": network, f"halting at {THRESHOLD}": halting}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ablation", choices=ABLATIONS)
    parser.add_argument("--data", type=Path, required=True, help="folder of training pictures")
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--test", nargs="+", type=Path, required=True)
    arguments = parser.parse_args()

    device = torch.device(arguments.device)
    for kind, make in ABLATIONS[arguments.ablation].items():
        torch.manual_seed(0)
        random.seed(0)
        network = make().to(device, memory_format=torch.channels_last)
        pairs = TrainingPairs(arguments.data, network.scale, 48, device, seed=0)
        average, steps = train(network, pairs, 8, arguments.minutes, 1e-3)
        for way, upscale in ways(average).items():
            scores = {f.name: evaluate(upscale, f, network.scale, device, network.align) for f in arguments.test}
            figures = ", ".join(f"{name} {score.psnr:.2f} dB" for name, score in scores.items())
            print(f"{kind} {way}: {figures} after {steps} steps", flush=True)


if __name__ == "__main__":
    main()
