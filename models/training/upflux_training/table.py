"""The models there are, with what they cost and reach, as a Markdown table.

    python -m upflux_training.table
"""

import json
from pathlib import Path

import onnx

from . import weights
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


def main() -> None:
    print("| model | parameters | MACs a LR pixel | Set5 | Set14 | B100 | the paper's | training | state |")
    print("|---|---|---|---|---|---|---|---|---|")
    found = [metadata(path) for path in sorted(weights.FOLDER.glob("*.onnx"))]
    for entries in sorted(found, key=lambda e: (e["scale"], e["name"])):
        if entries["pass"] in ("plain", "key"):
            print(row(entries))


if __name__ == "__main__":
    main()
