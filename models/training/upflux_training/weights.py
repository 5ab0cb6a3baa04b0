"""Training-form weights on disk: half precision, so that they are small enough to live beside the code."""

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn

FOLDER = Path(__file__).resolve().parent.parent / "weights"


def default_path(name: str) -> Path:
    """Return where the repository keeps the weights of a network such as ``plain-s-x2``."""
    return FOLDER / f"{name}.safetensors"


def log_path(path: Path) -> Path:
    """Return the log of training runs, one JSON object a line, that lies beside a weights file."""
    return path.with_name("log.jsonl")


def save(network: nn.Module, path: Path) -> None:
    """Write every parameter as float16."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({key: value.detach().cpu().half().contiguous() for key, value in network.state_dict().items()}, path)


def load(network: nn.Module, path: Path) -> list[str]:
    """Load parameters whose name and shape agree and return the names left as they were.

    Weights of another scale thus start a network everywhere but in its tail; weights that share nothing with
    the network are an error rather than a silent start from noise.
    """
    own = network.state_dict()
    stored = {key: value for key, value in load_file(path).items() if key in own and value.shape == own[key].shape}
    if not stored:
        raise ValueError(f"{path} holds no parameter of this network")
    network.load_state_dict({key: value.float() for key, value in stored.items()}, strict=False)
    return sorted(own.keys() - stored.keys())
