"""What a part of a network is worth: it is trained with and without, equally many steps, from the same seed.

    python -m upflux_training.ablate agileir-attention --data DIR --steps 20000 --test SET5 B100
    python -m upflux_training.ablate agileir-attention --data DIR --steps 150 --warm --test SET5

From noise it takes many thousands of steps until quality tells. With ``--warm`` all kinds go on from the weights of the
network as it is, as far as they fit: a few steps then show what it loses without the part at first, or how soon a new one
helps, which favours the network as it is.

Prints a Markdown line per kind, with the processor time of a step beside the quality: whoever prefers equal time can
tell from it what the others would have gained.
"""

import argparse
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn

from . import ops, weights
from .adaformer import THRESHOLD, WINDOW, AdaFormer, Halted
from .agileir import AgileIR
from .cost import macs_per_pixel
from .data import TrainingPairs
from .evaluate import Upscaler, evaluate
from .layers import Conv, ResidualBlock
from .network import Network
from .networks import create
from .train import train

_SMALL_ADAFORMER = {"channels": 32, "heads": 2, "blocks": 4, "residual_blocks": 2, "estimator": 8}
_SMALL_VIDEO = {"channels": 32, "heads": 2, "blocks": 8, "residual_blocks": 0, "estimator": 8, "video": True}
_SMALL_AGILEIR = {"channels": 48, "heads": 3, "groups": 2, "layers": 1}


class OffsetGrid(AdaFormer):
    """Every other block attends in windows half a window off, those at the border completed by the last rows."""

    def step(self, number: int, tokens: Tensor, found: Tensor, like: Tensor) -> Tensor:
        if number % 2:
            return super().step(number, tokens, found, like)
        around = WINDOW // 2
        whole = ops.transpose(ops.ungrid(tokens, WINDOW, self.channels, like), 0, 3, 1, 2)
        wide = ops.transpose(F.pad(whole, [around] * 4, mode="replicate"), 0, 2, 3, 1)
        seen = super().step(number, ops.grid(wide, WINDOW, self.channels), found, wide)
        inner = ops.strip(ops.ungrid(seen, WINDOW, self.channels, wide), around)
        return ops.grid(inner, WINDOW, self.channels)


def wide_decoder() -> AdaFormer:
    """Return AdaFormer-V-s with a block less, and the decoder that this pays for: it sees two more pixels."""
    network = AdaFormer(2, **_SMALL_VIDEO | {"blocks": 7})
    network.decoder = nn.Sequential(ResidualBlock(network.channels), Conv(network.channels, network.channels))
    return network


class Kind(NamedTuple):
    """One way to build a network."""

    base: str
    """Whose weights a warm start takes."""
    make: Callable[[], Network]


ABLATIONS: dict[str, dict[str, Kind]] = {
    "agileir-attention": {
        "with attention": Kind("agileir-s-x2", lambda: AgileIR(2, **_SMALL_AGILEIR)),
        "without": Kind("agileir-s-x2", lambda: AgileIR(2, **_SMALL_AGILEIR, attention=False)),
    },
    "halted-windows": {
        "left out of the whole block": Kind("adaformer-s-x2", lambda: AdaFormer(2, **_SMALL_ADAFORMER)),
        "by the paper's rule": Kind(
            "adaformer-s-x2", lambda: AdaFormer(2, **_SMALL_ADAFORMER, halted=Halted.PAPER_RULE)
        ),
    },
    "across-windows": {
        "adaformer-v-s": Kind("adaformer-v-s-x2", lambda: create("adaformer-v-s-x2")),
        "every other grid half a window off": Kind("adaformer-v-s-x2", lambda: OffsetGrid(2, **_SMALL_VIDEO)),
        "a wider decoder for one block": Kind("adaformer-v-s-x2", wide_decoder),
        "adaformer-s": Kind("adaformer-s-x2", lambda: create("adaformer-s-x2")),
    },
}


def warm(network: Network, name: str) -> Network:
    """Give a network the weights of another as far as they fit."""
    own = network.state_dict()
    stored = load_file(weights.default_path(name))
    fitting = {key: value.float() for key, value in stored.items() if key in own and value.shape == own[key].shape}
    network.load_state_dict(fitting, strict=False)
    return network


def ways(network: Network) -> dict[str, Upscaler]:
    """Return how a network is to be judged: as it is, and halting if it can."""
    if not isinstance(network, AdaFormer):
        return {"dense": network}

    def halting(low: Tensor) -> Tensor:
        return network.look(low, torch.tensor(THRESHOLD)).picture

    return {"dense": network, f"halting at {THRESHOLD}": halting}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ablation", choices=ABLATIONS)
    parser.add_argument("--data", type=Path, required=True, help="folder of training pictures")
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--warm", action="store_true", help="go on from trained weights instead of noise")
    parser.add_argument("--rate", type=float, default=1e-3, help="peak learning rate")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--test", nargs="+", type=Path, required=True)
    arguments = parser.parse_args()

    device = torch.device(arguments.device)
    print(f"| kind | MACs a LR pixel | ms a step | judged | {' | '.join(folder.name for folder in arguments.test)} |")
    print("|---|---|---|---|" + "---|" * len(arguments.test))
    for name, kind in ABLATIONS[arguments.ablation].items():
        torch.manual_seed(0)
        random.seed(0)
        network = kind.make()
        if arguments.warm:
            warm(network, kind.base)
        network.to(device, memory_format=torch.channels_last)
        pairs = TrainingPairs(arguments.data, network.scale, 48, device, seed=0)
        start = time.process_time()
        average, steps = train(network, pairs, arguments.batch, lambda: lambda step: step / arguments.steps, arguments.rate)
        each = 1e3 * (time.process_time() - start) / steps
        for way, upscale in ways(average).items():
            scores = [evaluate(upscale, folder, network.scale, device, network.align) for folder in arguments.test]
            figures = " | ".join(f"{score.psnr:.2f}" for score in scores)
            print(f"| {name} | {macs_per_pixel(average):,} | {each:.0f} | {way} | {figures} |", flush=True)


if __name__ == "__main__":
    main()
