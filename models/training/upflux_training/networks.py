"""All networks by name."""

from collections.abc import Callable

from .adaformer import AdaFormer
from .agileir import AgileIR
from .esc import Esc
from .network import Network
from .plain import Plain

NETWORKS: dict[str, Callable[[int], Network]] = {
    # Enlarging more needs a larger tail: 1x1 keeps it within the size that the name promises, and pays for depth.
    "plain-s": lambda scale: Plain(scale, 32, 3) if scale == 2 else Plain(scale, 24, 5, tail=1),
    "plain-m": lambda scale: Plain(scale, 48, 7),
    "adaformer": lambda scale: AdaFormer(scale, 64, 4, blocks=6, residual_blocks=8, estimator=32),
    "adaformer-s": lambda scale: AdaFormer(scale, 32, 2, blocks=4, residual_blocks=2, estimator=8),
    "adaformer-v": lambda scale: AdaFormer(scale, 64, 4, blocks=12, residual_blocks=1, estimator=16, video=True),
    "adaformer-v-s": lambda scale: AdaFormer(scale, 32, 2, blocks=8, residual_blocks=0, estimator=8, video=True),
    "agileir": lambda scale: AgileIR(scale, 60, 4, groups=3, layers=6),
    "agileir-plus": lambda scale: AgileIR(scale, 60, 6, groups=4, layers=6),
    "agileir-s": lambda scale: AgileIR(scale, 48, 3, groups=2, layers=1),
    "esc": Esc,
    "esc-light": lambda scale: Esc(scale, blocks=3),
    "esc-fp": lambda scale: Esc(scale, 48, 3, ratio=1.5, few=True),
    "esc-rib": lambda scale: Esc(scale, window=64, ratio=4, factors=True),
    "esc-s": lambda scale: Esc(scale, 32, 1, window=16, blocks=2, layers=2, large=7),
}


def create(name: str) -> Network:
    """Return the network, not yet trained, of a full name such as ``plain-s-x2``."""
    stem, _, scale = name.rpartition("-x")
    if stem.endswith("-stream"):
        stem = stem.removesuffix("-stream")
    if stem not in NETWORKS or scale not in ("2", "3", "4"):
        raise ValueError(f"no network is named {name}; there are {', '.join(NETWORKS)}, each with -x2, -x3 or -x4")
    return NETWORKS[stem](int(scale))


def host(name: str) -> str:
    """Return the network whose weights file holds those of ``name``: its own, but for networks with attention at x3.

    These are those at x4 with a tail of their own: weights for each would outgrow the repository.
    """
    stem, _, scale = name.rpartition("-x")
    return f"{stem}-x4" if scale == "3" and not stem.startswith("plain") else name
