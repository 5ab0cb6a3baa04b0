"""What computing in half precision costs.

    python -m upflux_training.precision --test SET5

Prints a Markdown table of luma PSNR of every model of the repository, computed in float32 and with every result of an
operation rounded to float16, as on a GPU. Weights are float16 in both. Fails where a model loses more than 0.02 dB.
"""

import argparse
from pathlib import Path

from torch import Tensor

from . import weights
from .evaluate import Upscaler, evaluate
from .network import Network

_LOSS = 0.02


def in_half(network: Network) -> Upscaler:
    """Return a network as it computes in half precision; it is not to be used otherwise any more."""
    half = network.half()

    def upscale(low: Tensor) -> Tensor:
        return half(low.half()).float()

    return upscale


def losses(names: list[str], folder: Path) -> dict[str, tuple[float, float]]:
    """Return PSNR in float32 and in float16 by name, printing each when it is known."""
    found = {}
    for name in names:
        network = weights.trained(name)
        scale, align = network.scale, network.align
        single = evaluate(network, folder, scale, align=align).psnr
        half = evaluate(in_half(network), folder, scale, align=align).psnr
        print(f"| {name} | {single:.3f} | {half:.3f} | {half - single:+.4f} |", flush=True)
        found[name] = single, half
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="name", help="default: all models of the repository")
    parser.add_argument("--test", type=Path, required=True, help="folder of HR pictures")
    given = parser.parse_args()
    print(f"| model | float32, {given.test.name} | float16 | difference |\n|---|---|---|---|")
    names = given.names or sorted(path.stem for path in weights.FOLDER.glob("*-x?.onnx") if "-int8-" not in path.stem)
    bad = [name for name, (single, half) in losses(names, given.test).items() if not half >= single - _LOSS]
    if bad:
        raise SystemExit(f"more than {_LOSS} dB are lost by {', '.join(bad)}")


if __name__ == "__main__":
    main()
