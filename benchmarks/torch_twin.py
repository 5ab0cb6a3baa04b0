#!/usr/bin/env python3
"""The networks of the GPU targets in PyTorch, from the same weights, to be measured beside Upflux on the same device.

    benchmarks/torch_twin.py --models FOLDER... [--device cuda] [--beside OUT/targets.json] [--pictures OUT]

FOLDER holds NAME.safetensors, as the repository's models and the benchmark kit do. Each network runs in eager mode, in
the better of PyTorch's two layouts, and compiled, in half precision on a GPU, with cuDNN's algorithms chosen by timing.
Frames a second are told of the network alone, with its pictures left on the device, and with pictures that come from the
host's memory and go back to it as bytes of R, G and B, converted on the device: that is what Upflux's "network alone" does,
but that its bytes are planes of Y'CbCr, half as many, and that it overlaps; PyTorch's copies wait in the same stream.
--beside adds Upflux's figures of the same run, and the ratios to both. --pictures compares the picture that each network
makes with what Upflux wrote (`Targets --pictures`): they must agree within 1e-3, in half precision within 0.01. Prints a
Markdown table, row by row; --json FILE keeps it, likewise. Wants torch, numpy, onnx and safetensors.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
import torch

HERE = Path(__file__).resolve().parent
# Beside this file in the kit, in the repository with the rest of training.
sys.path[:0] = [str(HERE), str(HERE.parent / "models" / "training")]

from upflux_training import weights  # noqa: E402

CASES = {
    "adaformer-x4-540p": ("adaformer-x4", 960, 540),
    "adaformer-x2-1080p": ("adaformer-x2", 1920, 1080),
    "esc-light-x2-540p": ("esc-light-x2", 960, 540),
    "plain-m-x2-1080p": ("plain-m-x2", 1920, 1080),
    "plain-m-x2-540p": ("plain-m-x2", 960, 540),
}
WARMING = 5
HEAD = """| case | frames | precision | eager, fps | with copies | compiled, fps | with copies | Upflux, fps | times eager |\
 with copies | times compiled | with copies | largest difference |
|---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=Path, nargs="+", default=[weights.FOLDER], help="folders of NAME.safetensors")
    parser.add_argument("--case", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--size", help="WIDTHxHEIGHT of all frames instead of what the cases say: to try it out")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--precision", choices=("fp16", "fp32"), help="default: fp16 on a GPU, fp32 on the CPU")
    parser.add_argument("--seconds", type=float, default=10, help="of each measurement, about")
    parser.add_argument("--eager", action="store_true", help="compile nothing")
    parser.add_argument("--beside", type=Path, help="targets.json of Upflux, of the same run")
    parser.add_argument("--pictures", type=Path, help="folder of NAME.f32, which Upflux made")
    parser.add_argument("--picture-size", default="128x64", help="WIDTHxHEIGHT that they were made of")
    parser.add_argument("--json", type=Path, help="file for the table as JSON")
    given = parser.parse_args()
    half = (given.precision or ("fp32" if given.device == "cpu" else "fp16")) == "fp16"
    ours = {}
    if given.beside and given.beside.exists():
        ours = {(one["model"], one["size"]): one["networkFps"] for one in json.loads(given.beside.read_text()) if not one["failed"]}
    torch.backends.cudnn.benchmark = True
    rows, far = [], []
    print(HEAD, flush=True)
    with torch.inference_mode():
        for case in given.case:
            name, width, height = CASES[case]
            if given.size:
                width, height = sides(given.size)
            network = open_network(name, given, half)
            row = {"case": case, "model": name, "size": f"{width}x{height}", "precision": "fp16" if half else "fp32"}
            if given.pictures and (gap := compare(name, network, given, half)) is not None:
                row["gap"] = gap
                if gap > (0.01 if half else 1e-3):
                    far.append(f"{name}: {gap:.1e}")
            layouts = (torch.contiguous_format, torch.channels_last)
            ways = [measure("eager", network.to(memory_format=way), way, width, height, given, half) for way in layouts]
            row |= max(ways, key=lambda way: way["eagerCopiesFps"])
            if not given.eager:
                # Else the third size would compile for any, and lose what is chosen for one.
                torch._dynamo.reset()
                network.to(memory_format=torch.contiguous_format)
                compiled = torch.compile(network, mode="max-autotune", dynamic=False)
                try:
                    row |= measure("compiled", compiled, torch.contiguous_format, width, height, given, half)
                except Exception as failure:  # Of whatever compiler a host lacks: the rest is worth having.
                    print(f"{case}: not compiled: {failure}", file=sys.stderr)
            row["upflux"] = ours.get((name, row["size"]))
            rows.append(row)
            print(line(row), flush=True)
            keep(rows, given.json)
    if far:
        sys.exit("not the same picture as Upflux's: " + ", ".join(far))


def keep(rows, file):
    if file:
        versions = {"torch": torch.__version__, "cuda": torch.version.cuda, "cudnn": torch.backends.cudnn.version()}
        file.write_text(json.dumps({"versions": versions, "rows": rows}, indent=2))


def sides(text):
    return [int(side) for side in text.split("x")]


def open_network(name, given, half):
    path = next((f / f"{name}.safetensors" for f in given.models if (f / f"{name}.safetensors").exists()), None)
    if path is None:
        sys.exit(f"{name}.safetensors lies in none of {', '.join(map(str, given.models))}")
    network = weights.trained(name, path).to(given.device)
    return network.half() if half else network


def compare(name, network, given, half):
    """The largest difference to what Upflux made of the same picture, white is 1; None where it made none."""
    file = given.pictures / f"{name}.f32"
    if not file.exists():
        return None
    width, height = sides(given.picture_size)
    picture = (np.arange(3 * width * height) * 7919 % 256 / 255).astype(np.float32).reshape(1, 3, height, width)
    low = torch.from_numpy(picture).to(given.device)
    made = network(low.half() if half else low).float().cpu().numpy().ravel()
    wanted = np.fromfile(file, np.float32)
    if made.size != wanted.size:
        sys.exit(f"{file} is no picture of {given.picture_size} enlarged by {network.scale}")
    return float(np.abs(made - wanted).max())


def measure(how, network, layout, width, height, given, half):
    """Frames a second with pictures on the device, and with pictures from and to the host's memory."""
    gpu = given.device != "cpu"
    align = network.align if hasattr(network, "align") else network._orig_mod.align
    shape = [1, 3, *(-(-side // align) * align for side in (height, width))]
    host = torch.randint(256, shape, dtype=torch.uint8, pin_memory=gpu)
    kind = torch.float16 if half else torch.float32

    def low():
        return host.to(given.device, non_blocking=True).to(kind, memory_format=layout).mul_(1 / 255)

    there = low()
    back = torch.empty_like(network(there), device="cpu", dtype=torch.uint8, pin_memory=gpu)

    def whole():
        made = network(low())
        # All on the device, whatever way PyTorch copies between types and layouts.
        back.copy_(made.mul(255).round().clamp(0, 255).to(torch.uint8).contiguous(), non_blocking=True)

    return {f"{how}Fps": rate(lambda: network(there), gpu, given.seconds), f"{how}CopiesFps": rate(whole, gpu, given.seconds)}


def rate(work, gpu, seconds):
    for _ in range(WARMING):
        work()
    wait = torch.cuda.synchronize if gpu else lambda: None
    wait()
    start, frames = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        work()
        frames += 1
        if frames % 4 == 0:
            # Or the host would run far ahead of the device.
            wait()
    wait()
    return frames / (time.perf_counter() - start)


def line(row):
    ours = row["upflux"]
    numbers = [row.get(f"{how}{what}") for how in ("eager", "compiled") for what in ("Fps", "CopiesFps")]
    ratios = [ours / other if ours and other else None for other in numbers]
    cells = [row["case"], row["size"], row["precision"], *(text(n, ".1f") for n in (*numbers, ours)),
             *(text(n, ".2f") for n in ratios), text(row.get("gap"), ".1e")]
    return "| " + " | ".join(cells) + " |"


def text(number, form):
    return "" if number is None else format(number, form)


if __name__ == "__main__":
    main()
