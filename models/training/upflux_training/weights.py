"""Weights on disk: half precision, one safetensors file a model, which training continues from and every exported
graph points into. They lie where the product loads them from."""

import hashlib
import json
import re
import struct
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from .graph import StoredWeights
from .layers import tail_of_other_scale
from .network import Network
from .networks import create, host

FOLDER = Path(__file__).resolve().parents[2] / "src/main/resources/io/upflux/models"
LOG = Path(__file__).resolve().parents[1] / "log.jsonl"
"""Every training run, one JSON object a line; ``"kept": false`` marks those whose weights were no better."""

_GUEST = re.compile(r"x\d\.")
"""Begins the names of what a file holds for a network of another scale."""


def default_path(name: str) -> Path:
    """Return where the repository keeps the weights of a network such as ``plain-s-x2``."""
    return FOLDER / f"{host(name)}.safetensors"


def graph_path(name: str) -> Path:
    """Return where the repository keeps the main graph of a network."""
    return FOLDER / f"{name}.onnx"


def kept_runs(log: Path) -> list[dict[str, Any]]:
    """Return the runs whose weights were kept, in their order."""
    runs = [json.loads(line) for line in log.read_text().splitlines()]
    return [run for run in runs if run.get("kept", True)]


def record(run: dict[str, Any], log: Path) -> None:
    """Add a run to the log."""
    line = json.dumps(run)
    print(line, flush=True)
    with log.open("a") as file:
        file.write(line + "\n")


def save(network: nn.Module, path: Path, goes_on: bool = False) -> None:
    """Write every parameter as float16, appearing whole or not at all.

    :param goes_on: whether they are those of the file, trained on: what it holds for networks of other scales then stays
    """
    guests = {key: value for key, value in load_file(path).items() if _GUEST.match(key)} if goes_on else {}
    _write(_halved(network) | guests, path)


def attach(network: Network, path: Path) -> None:
    """Write a network's tail, as float16, into the file of another scale that has everything else of it."""
    own = {f"x{network.scale}.{key}": value for key, value in _halved(network).items() if key.startswith("tail.")}
    _write(load_file(path) | own, path)


def keep(name: str, network: Network, path: Path, goes_on: bool) -> None:
    """Write what a file is to hold of a network: all, or its tail where the rest is its host's.

    :param goes_on: as of :func:`save`
    """
    if host(name) == name:
        save(network, path, goes_on)
    else:
        attach(network, path)


def origin(name: str, path: Path) -> str:
    """Return the name of the file that a network which starts from ``path`` would have if each had its own."""
    has_tail = any(key.startswith(f"x{name[-1]}.") for key in load_file(path))
    return f"{name}.safetensors" if host(name) != name and has_tail else path.name


def load(network: nn.Module, path: Path) -> list[str]:
    """Load parameters by name and return the names of those that the file lacks.

    Where only the tail differs, as between scales, it is resampled, and lacking. Weights of another shape are an error rather
    than a start from a mixture of theirs and noise.
    """
    own = network.state_dict()
    taken, lacking = {}, set(own)
    for key, value in _of_scale(load_file(path), getattr(network, "scale", None)).items():
        if key in own and value.shape == own[key].shape:
            taken[key] = value.float()
            lacking.discard(key)
        elif key in own and key.startswith("tail.") and value.shape[1:] == own[key].shape[1:]:
            taken[key] = tail_of_other_scale(value, own[key].shape[0])
        elif not key.startswith("tail."):
            raise ValueError(f"{path} is of another network, which has a {key} {list(value.shape)}")
    network.load_state_dict(taken, strict=False)
    return sorted(lacking)


def trained(name: str, path: Path | None = None) -> Network:
    """Return a network as it is deployed, in evaluation mode."""
    network = create(name)
    network.fold()
    source = path or default_path(name)
    if left := load(network, source):
        raise ValueError(f"{source} lacks {', '.join(left)} of {name}: train it")
    return network.eval()


def stored(path: Path, scale: int) -> StoredWeights:
    """Return where the tensors of a network of ``scale`` lie in a weights file."""
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
    start = 8 + length
    header.pop("__metadata__", None)
    ends = {key: entry["data_offsets"] for key, entry in _of_scale(header, scale).items()}
    return StoredWeights(path.name, {key: (start + first, last - first) for key, (first, last) in ends.items()})


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, which ties the graphs of a model to its weights."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _halved(network: nn.Module) -> dict[str, Tensor]:
    return {key: value.detach().cpu().half().contiguous() for key, value in network.state_dict().items()}


def _write(tensors: dict[str, Tensor], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    save_file(tensors, partial)
    partial.chmod(0o644)  # safetensors lets nobody else read
    partial.replace(path)


def _of_scale(entries: dict[str, Any], scale: int | None) -> dict[str, Any]:
    """Return by plain name what a file has for a network of ``scale``."""
    own = f"x{scale}."
    hosts = {key: entry for key, entry in entries.items() if not _GUEST.match(key)}
    return hosts | {key.removeprefix(own): entry for key, entry in entries.items() if key.startswith(own)}
