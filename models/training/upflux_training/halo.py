"""How far around a tile one must look."""

from pathlib import Path

from .network import Network
from .passes import margin


def measure_halo(network: Network, pictures: Path) -> int:
    """Return the LR pixels around a tile that its pixels depend on."""
    return margin(network)
