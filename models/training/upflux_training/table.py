"""The models there are, with what they cost and reach, as Markdown tables.

    python -m upflux_training.table

First as their files say; then how the quality of plain and small ones at x2 rose in training, as the log says.
"""

import json
from pathlib import Path

import onnx

from . import weights
from .schedule import ORDER
from .targets import PAPER

_SETS = ("set5", "set14", "b100")


def metadata(path: Path) -> dict[str, str]:
    """Return what a graph says of itself, without the common prefix."""
    model = onnx.load(path, load_external_data=False)
    return {entry.key.removeprefix("upflux."): entry.value for entry in model.metadata_props}


def figures(entries: dict[str, str]) -> str:
    """Return PSNR / SSIM per test set."""
    psnr, ssim = (json.loads(entries[key]) for key in ("psnr", "ssim"))
    return " | ".join(f"{psnr[s]:.2f} / {ssim[s]:.4f}" for s in _SETS)


def row(entries: dict[str, str]) -> str:
    """Return one model's line."""
    name = entries["name"]
    paper = " / ".join(f"{value:.2f}" for value in PAPER[name]) if name in PAPER else ""
    training = entries["training"].split("; ", 1)[1]
    return (
        f"| {name} | {int(entries['parameters']):,} | {int(entries['macs']):,} | {figures(entries)} | {paper} "
        f"| {training} | {entries['state']} |"
    )


def course(scale: int) -> list[str]:
    """Return a line for each kept run of the plain and small networks of a scale, minutes and crops summed up since they began anew."""
    spent: dict[str, tuple[float, int]] = {}
    lines: dict[str, list[str]] = {}
    for run in weights.kept_runs(weights.LOG):
        name = run["name"]
        if not name.endswith(f"-x{scale}") or "-stream" in name or name in ORDER:
            continue
        minutes, crops = spent.get(name, (0.0, 0)) if run["from"] == f"{name}.safetensors" else (0.0, 0)
        spent[name] = minutes, crops = minutes + run["seconds"] / 60, crops + run["steps"] * run["batch"]
        figures = " | ".join(f"{run['psnr'][s]:.3f}" if s in run["psnr"] else "" for s in ("set5", "b100"))
        of = f", mean of {run['mean_of']} runs" if "mean_of" in run else ""
        lines.setdefault(name, []).append(f"| {name}{of} | {minutes:.0f} | {crops // 1000} | {figures} |")
    return [line for name in sorted(lines) for line in lines[name]]


def main() -> None:
    print("| model | parameters | MACs a LR pixel | Set5 | Set14 | B100 | the paper's | training | state |")
    print("|---|---|---|---|---|---|---|---|---|")
    found = [metadata(path) for path in sorted(weights.FOLDER.glob("*.onnx"))]
    leading = [entries for entries in found if entries["pass"] in ("plain", "key")]
    for entries in sorted(leading, key=lambda e: (e["scale"], e["name"])):
        print(row(entries))

    print("\n| model | minutes | thousand crops | Set5 | B100 |\n|---|---|---|---|---|")
    print(*course(2), sep="\n")


if __name__ == "__main__":
    main()
