"""Export of trained weights to the one ``.onnx`` file that Upflux loads.

    python -m upflux_training.export --network plain-s --scale 2 --output FOLDER --test SET5 SET14 B100

The graph is written node by node: it is short, and so its weights stay float16 initialisers with a Cast each.
A runtime folds the casts when it opens the file, so it computes in float32 while the file stores half.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from . import weights
from .evaluate import evaluate, onnx_upscaler
from .plain import SHAPES, FoldedLayer, PlainNetwork

_OPSET = 17
_IR_VERSION = 8
_AGREEMENT = 1e-4
_STORAGE_LOSS = 0.01
_FINAL_SET5 = {2: 36.8, 3: 32.9, 4: 30.5}
"""Luma PSNR on Set5 below which a model is published as a preview."""
_PARAMETERS = {"s": 25_000, "m": 150_000}
"""Deployed parameters above which a variant is published as a preview: it is not the size its name promises."""


def build(layers: list[FoldedLayer], scale: int, half: bool = True) -> onnx.ModelProto:
    """Return the graph ``lr`` [batch, 3, height, width] -> ``hr`` [batch, 3, scale*height, scale*width]."""
    nodes: list[onnx.NodeProto] = []
    stored: list[onnx.TensorProto] = []

    def constant(name: str, value: np.ndarray) -> str:
        if not half:
            stored.append(numpy_helper.from_array(value, name))
            return name
        stored.append(numpy_helper.from_array(value.astype(np.float16), f"{name}_half"))
        nodes.append(helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT))
        return name

    features = "lr"
    for index, layer in enumerate(layers):
        weight = constant(f"weight_{index}", layer.weight.numpy())
        bias = constant(f"bias_{index}", layer.bias.numpy())
        nodes.append(
            helper.make_node("Conv", [features, weight, bias], [f"conv_{index}"], kernel_shape=[3, 3], pads=[1] * 4)
        )
        features = f"conv_{index}"
        if layer.slope is not None:
            nodes.append(helper.make_node("LeakyRelu", [features], [f"features_{index}"], alpha=layer.slope))
            features = f"features_{index}"
    # The nearest-neighbour skip: each input channel repeated scale^2 times, which DepthToSpace spreads.
    stored.append(numpy_helper.from_array(np.repeat(np.arange(3, dtype=np.int64), scale * scale), "repeat"))
    nodes.append(helper.make_node("Gather", ["lr", "repeat"], ["skip"], axis=1))
    nodes.append(helper.make_node("Add", [features, "skip"], ["sum"]))
    nodes.append(helper.make_node("DepthToSpace", ["sum"], ["hr"], blocksize=scale, mode="CRD"))

    sides = ("height", "width")
    lr = helper.make_tensor_value_info("lr", TensorProto.FLOAT, ["batch", 3, *sides])
    hr = helper.make_tensor_value_info("hr", TensorProto.FLOAT, ["batch", 3, *(f"{side}*{scale}" for side in sides)])
    graph = helper.make_graph(nodes, "plain", [lr], [hr], stored)
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION, producer_name="upflux_training"
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def measure_halo(network: PlainNetwork) -> int:
    """Return the smallest margin, in LR pixels, whose outside leaves the centre's output as it is.

    Compares a picture with the same picture changed everywhere beyond the margin; random noise of the largest
    legal contrast makes an influence too weak to show here too weak to matter.
    """
    side = 65
    centre = side // 2
    generator = torch.Generator().manual_seed(0)
    base, other = (torch.rand(1, 3, side, side, generator=generator, dtype=torch.float64) for _ in range(2))
    network = network.double()

    def at_centre(picture: torch.Tensor) -> torch.Tensor:
        with torch.inference_mode():
            first = centre * network.scale
            return network(picture)[..., first : first + network.scale, first : first + network.scale]

    try:
        wanted = at_centre(base)
        for margin in range(centre):
            mixed = other.clone()
            kept = slice(centre - margin, centre + margin + 1)
            mixed[..., kept, kept] = base[..., kept, kept]
            if (at_centre(mixed) - wanted).abs().max().item() < 1e-6:
                return margin
    finally:
        network.float()
    raise ValueError(f"the network sees further than {centre} pixels")


def training_summary(log: Path, name: str) -> str:
    """Return in one line how a model was trained: the chain of its runs in the log since the last fresh start."""
    runs = [record for line in log.read_text().splitlines() if (record := json.loads(line))["name"] == name]
    fresh = max(index for index, record in enumerate(runs) if record["from"] != f"{name}.safetensors")
    chain = runs[fresh:]
    start = chain[0]["from"]
    steps = sum(record["steps"] for record in chain)
    seconds = sum(record["seconds"] for record in chain)
    last = chain[-1]
    devices = "+".join(sorted({record["device"] for record in chain}))
    return (
        f"{last['pictures']} pictures, bicubic, L1; {steps} steps of {last['batch']} "
        f"{last['crop']}x{last['crop']} crops in {seconds} s on {devices}"
        + (f"; started from {Path(start).stem}" if start else "")
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", required=True, choices=sorted(SHAPES))
    parser.add_argument("--scale", type=int, required=True, choices=(2, 3, 4))
    parser.add_argument("--weights", type=Path, help="default: the repository's")
    parser.add_argument("--output", type=Path, required=True, help="folder for the .onnx file")
    parser.add_argument("--test", nargs="+", type=Path, required=True, help="set5, set14 and b100 folders")
    arguments = parser.parse_args()

    family, variant = arguments.network.rsplit("-", 1)
    name = f"{arguments.network}-x{arguments.scale}"
    source = arguments.weights or weights.default_path(name)
    network = PlainNetwork(SHAPES[arguments.network], arguments.scale).eval()
    if left := weights.load(network, source):
        raise ValueError(f"{source} lacks {', '.join(left)}")
    layers = network.fold()
    model = build(layers, arguments.scale)
    arguments.output.mkdir(parents=True, exist_ok=True)
    target = arguments.output / f"{name}.onnx"
    onnx.save(model, target)

    upscale = onnx_upscaler(target)
    scores = {}
    for folder in arguments.test:
        scores[folder.name] = evaluate(upscale, folder, arguments.scale)
        exact = evaluate(network, folder, arguments.scale)
        if exact.psnr - scores[folder.name].psnr > _STORAGE_LOSS:
            raise ValueError(f"half-precision storage costs {exact.psnr - scores[folder.name].psnr:.3f} dB")

    # Without half-precision storage, so that only a difference of the graphs can show.
    single = target.with_suffix(".single.onnx")
    onnx.save(build(layers, arguments.scale, half=False), single)
    try:
        probe = torch.rand(2, 3, 45, 70, generator=torch.Generator().manual_seed(0))
        with torch.inference_mode():
            gap = (onnx_upscaler(single)(probe) - network(probe)).abs().max().item()
    finally:
        single.unlink()
    if gap > _AGREEMENT:
        raise ValueError(f"the exported graph differs from the trained network by {gap:.2e}")

    set5 = scores.get("set5")
    parameters = sum(layer.weight.numel() + layer.bias.numel() for layer in layers)
    reached = set5 is not None and set5.psnr >= _FINAL_SET5[arguments.scale] and parameters <= _PARAMETERS[variant]
    entries = {
        "network": family,
        "variant": variant,
        "name": name,
        "scale": str(arguments.scale),
        "pass": "plain",
        "format": "rgb_f32",
        "range": "unit",
        "colour": "rgb",
        "align": "1",
        "tile": "free",
        "batch": "free",
        "halo": str(measure_halo(network)),
        "blocks": "0",
        "parameters": str(parameters),
        "macs": str(sum(layer.weight.numel() for layer in layers)),
        "licence": "Apache-2.0",
        "training": training_summary(weights.log_path(source), name),
        "psnr": json.dumps({key: round(score.psnr, 2) for key, score in scores.items()}),
        "state": "final" if reached else "preview",
    }
    helper.set_model_props(model, {f"upflux.{key}": value for key, value in entries.items()})
    onnx.save(model, target)
    print(json.dumps(entries, indent=2))
    print(json.dumps({key: f"{score.psnr:.3f}/{score.ssim:.4f}" for key, score in scores.items()}))
    print(f"graph against network: {gap:.1e}; {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
