"""What a network costs."""

import copy

import torch
from torch.utils.flop_counter import FlopCounterMode

from .network import Network


def macs(network: Network, height: int, width: int) -> int:
    """Return the multiply-accumulates of convolutions and matrix products for an LR picture of the given size."""
    sides = (-(-side // network.align) * network.align for side in (height, width))
    # Tensors without content: the operations are counted, not carried out.
    shape = copy.deepcopy(network).eval().requires_grad_(False).to("meta")
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        shape(torch.zeros(1, 3, *sides, device="meta"))
    return counter.get_total_flops() // 2


def macs_per_pixel(network: Network) -> int:
    """Return the multiply-accumulates per LR pixel of a picture that fits every grid."""
    side = 192
    return round(macs(network, side, side) / side**2)
