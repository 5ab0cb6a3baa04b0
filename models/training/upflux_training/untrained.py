"""Models with random weights, to measure speed with where none are trained: how fast a network is does not depend on them.

    python -m upflux_training.untrained FOLDER adaformer-x4 esc-light-x2

Writes ``NAME.safetensors``, ``NAME.onnx`` and its companions, whose metadata says ``state = random``. The same name
gives the same weights.
"""

import argparse
from pathlib import Path

import onnx
import torch
from torch import nn

from . import weights
from .export import describe, entries
from .network import Network
from .networks import create
from .passes import build, passes


def network(name: str) -> Network:
    """Return a network as it would be deployed, none of whose parts is without effect."""
    torch.manual_seed(0)
    made = create(name)
    made.fold()
    for parameter in made.parameters():
        if parameter.dim() > 1 and not parameter.any():
            nn.init.normal_(parameter, std=0.01)
    return made.eval()


def export(name: str, folder: Path) -> list[Path]:
    """Write the files of a model and return its graphs, the main one first."""
    made = network(name)
    source = folder / f"{name}.safetensors"
    weights.save(made, source)
    # Nobody looks at joins of tiles.
    halo = 2 * max(made.align, made.window, 8)
    graphs = []
    for kind in passes(made):
        model = build(made, kind, weights.stored(source, made.scale))
        main = kind == passes(made)[0]
        said = entries(name, made, kind, halo, source)
        describe(model, said | {"training": "none", "state": "random"} if main else said)
        graphs.append(folder / (f"{name}.onnx" if main else f"{name}.{kind}.onnx"))
        onnx.save(model, graphs[-1])
    return graphs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="+", metavar="name")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    for name in given.names:
        print(", ".join(path.name for path in export(name, given.folder)))


if __name__ == "__main__":
    main()
