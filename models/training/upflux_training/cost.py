"""What a network costs."""

import torch
from torch.utils.flop_counter import FlopCounterMode

from .network import Network


def macs(network: Network, height: int, width: int) -> int:
    """Return the multiply-accumulates of convolutions and matrix products for an LR picture of the given size."""
    low = torch.zeros(1, 3, -(-height // network.align) * network.align, -(-width // network.align) * network.align)
    # Not inference_mode, in which the counter cannot follow modules.
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network.eval()(low)
    return counter.get_total_flops() // 2


def macs_per_pixel(network: Network) -> int:
    """Return the multiply-accumulates per LR pixel of a picture that fits every grid."""
    side = 192
    return round(macs(network, side, side) / side**2)
