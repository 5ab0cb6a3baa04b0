"""Export of trained weights to the graphs that Upflux loads, each checked before it is kept.

    python -m upflux_training.export plain-s-x2 --test SET5 SET14 B100

Writes ``NAME.onnx`` and its companions ``NAME.PASS.onnx`` beside ``NAME.safetensors``, which they point into, and
golden vectors for the product's tests. ``--eight-bits PICTURES`` exports the same weights as ``plain-s-int8-x2``, with
steps measured on these pictures. ``--attention plain`` writes attention as MatMul, Softmax, MatMul for
providers without ``com.microsoft.MultiHeadAttention``; ``--precision half`` computes in float16.
"""

import argparse
import json
from pathlib import Path

import onnx
import torch
from onnx import helper
from safetensors.torch import save_file
from torch import Tensor

from . import weights
from .checks import check
from .cost import macs_per_pixel
from .eightbit import eight_bit_name, float_name, in_eight_bits, measuring_pictures
from .evaluate import Score, evaluate, onnx_upscaler
from .halo import measure_halo
from .network import Network
from .networks import host
from .passes import Form, build, margin, passes, reach
from .plain import Plain
from .sweep import depths
from .targets import state

GOLDEN = Path(__file__).resolve().parents[2] / "src/test/resources/io/upflux/models/golden"
_GOLDEN_BYTES = 2**18


def training_summary(log: Path, name: str) -> str:
    """Return in one line how a model was trained: the chain of its runs in the log since the last fresh start."""
    runs = [record for record in weights.kept_runs(log) if record["name"] == name]
    fresh = max(index for index, record in enumerate(runs) if record["from"] != f"{name}.safetensors")
    chain = runs[fresh:]
    start, last = chain[0]["from"], chain[-1]
    steps = sum(record["steps"] for record in chain)
    minutes = sum(record["seconds"] for record in chain) / 60
    devices = "+".join(sorted({record["device"] for record in chain}))
    return (
        f"{last['pictures']} {'pictures' if last['degradation'] == 'bicubic' else 'pairs'}, {last['degradation']}; "
        f"{steps} steps of {last['batch']} "
        f"{last['crop']}x{last['crop']} crops in {minutes:.0f} minutes on {devices}"
        + (f"; started from {Path(start).stem}" if start else "")
        + (f"; only its tail, the rest is {host(name)}" if host(name) != name else "")
        + (f"; mean of the ends of {last['mean_of']} runs" if "mean_of" in last else "")
    )


def clear_threshold(confidence: list[Tensor]) -> Tensor:
    """Return a threshold [] at which some windows halt early and others do not, far from where rounding would decide."""
    sums = torch.stack(confidence).cumsum(0).flatten().sort().values
    # Neither so low that all halt at once, nor so high that none does.
    middle = sums[len(sums) // 8 : -len(sums) // 8]
    widest = middle.diff().argmax()
    return middle[widest : widest + 2].mean()


def golden(network: Network, path: Path) -> None:
    """Write a small input and what the network makes of it, for tests in other languages, where that is small."""
    window = max(network.window, 8)
    small = [side for side in (2 * window, window) if 12 * (side * network.scale) ** 2 <= _GOLDEN_BYTES]
    path.unlink(missing_ok=True)
    if not small:
        return
    side = small[0]
    generator = torch.Generator().manual_seed(0)
    # Smooth and rough parts, so that halting has something to decide.
    rough = torch.randint(0, 256, (1, 3, side, side // 2), generator=generator)
    ramp = torch.linspace(30, 220, side).round().long().view(1, 1, side, 1).expand(1, 3, side, side - side // 2)
    low = torch.cat([rough, ramp], 3).to(torch.uint8)
    with torch.inference_mode():
        seen = network.look(low.float() / 255.0)
    vectors = {"lr": low, "hr": seen.picture}
    if seen.context is not None:
        vectors["context"] = seen.context
    if seen.confidence:
        windows = (side // network.window, side // network.window)
        vectors["confidence"] = torch.stack(seen.confidence).reshape(1, -1, *windows)
        threshold = clear_threshold(seen.confidence)
        with torch.inference_mode():
            halted = network.look(low.float() / 255.0, threshold)
        depth = depths(torch.stack(halted.confidence).numpy(), threshold.item())
        vectors |= {
            "threshold": threshold.reshape(1),
            "halted": halted.picture,
            "depth": torch.from_numpy(depth).float().reshape(1, *windows),
        }
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({key: value.contiguous() for key, value in vectors.items()}, path)
    path.chmod(0o644)


def entries(name: str, network: Network, kind: str, halo: int, source: Path) -> dict[str, str]:
    """Return a graph's metadata: the model contract, but for what :func:`figures` adds to the main graph's."""
    family = name.rpartition("-x")[0]
    common = {
        "network": family,
        "name": name,
        "scale": str(network.scale),
        "pass": kind,
        "weights": weights.sha256(source),
        "format": "rgb_f32",
        "range": "unit",
        "colour": "rgb",
        "align": str(network.align),
        "window": str(network.window),
        "tile": "free",
        "batch": "free",
        "halo": str(halo),
        "blocks": str(network.blocks),
        "licence": "Apache-2.0",
    }
    if not network.local:
        common["context"] = "context"
    stage = kind.removeprefix("edge-")
    if stage in ("features", "windows"):
        common["margin"] = str(margin(network, stage))
    if stage == "windows" and network.staged:
        common["reach"] = str(reach(network))
    if stage in ("body", "features") and network.blocks:
        common["gather"] = ",".join(f"gather.{block}" for block in range(2, network.blocks + 1))
    if kind == passes(network)[0]:
        common |= {
            "parameters": str(sum(p.numel() for p in network.parameters())),
            "macs": str(macs_per_pixel(network)),
        }
    return common


def figures(name: str, network: Network, scores: dict[str, Score]) -> dict[str, str]:
    """Return what a main graph's metadata says of training and quality."""
    trained = float_name(name)
    return {
        "training": training_summary(weights.LOG, trained) + ("; rounded to 8 bits" if network.rounds else ""),
        "psnr": json.dumps({key: round(score.psnr, 2) for key, score in scores.items()}),
        "ssim": json.dumps({key: round(score.ssim, 4) for key, score in scores.items()}),
        "state": state(trained, sum(p.numel() for p in network.parameters()), scores),
    }


def describe(model: onnx.ModelProto, said: dict[str, str]) -> None:
    """Write a graph's metadata."""
    helper.set_model_props(model, {f"upflux.{key}": value for key, value in said.items()})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", help="such as plain-s-x2")
    parser.add_argument("--weights", type=Path, help="default: the repository's")
    parser.add_argument("--test", nargs="+", type=Path, required=True, help="set5, set14 and b100 folders")
    parser.add_argument("--eight-bits", type=Path, metavar="PICTURES", help="compute in 8 bits, measured on these")
    parser.add_argument("--attention", choices=("fused", "plain"), default="fused")
    parser.add_argument("--precision", choices=("single", "half"), default="single")
    arguments = parser.parse_args()

    name = arguments.name
    source = arguments.weights or weights.default_path(name)
    network = weights.trained(name, source)
    if arguments.eight_bits:
        if not isinstance(network, Plain) or arguments.precision == "half":
            parser.error("--eight-bits is for plain networks in single precision")
        name = eight_bit_name(name)
        network = in_eight_bits(network, measuring_pictures(arguments.eight_bits, network.scale))
    for line in check(network):
        print(line)
    halo = measure_halo(network, arguments.test[-1])
    form = Form(arguments.attention == "fused", arguments.precision == "half")

    scores: dict[str, Score] = {}
    # The main graph is judged before it can say how well it does.
    for kind in passes(network):
        model = build(network, kind, weights.stored(source, network.scale), form)
        target = source.with_name(f"{name}.onnx" if kind == passes(network)[0] else f"{name}.{kind}.onnx")
        if not scores:
            # Beside the weights, which it points into.
            judged = target.with_suffix(".part")
            onnx.save(model, judged)
            upscale = onnx_upscaler(judged)
            scores = {f.name: evaluate(upscale, f, network.scale, align=network.align) for f in arguments.test}
            judged.unlink()
        said = entries(name, network, kind, halo, source)
        describe(model, said | figures(name, network, scores) if kind == passes(network)[0] else said)
        onnx.save(model, target)
        print(f"{target.name}: {target.stat().st_size} bytes, {len(model.graph.node)} nodes")
    golden(network, GOLDEN / f"{name}.safetensors")
    print(json.dumps({key: f"{score.psnr:.3f}/{score.ssim:.4f}" for key, score in scores.items()}))


if __name__ == "__main__":
    main()
