"""What all networks have in common."""

from dataclasses import dataclass, field

import torch.nn.functional as F
from torch import Tensor, nn

from .ops import Array


@dataclass(frozen=True)
class Look:
    """What a pass over a picture yields besides the enlarged picture."""

    picture: Array
    context: Array | None = None
    """What was seen of the whole picture: pass it to a local pass. First side 1 in evaluation."""
    confidence: list[Array] = field(default_factory=list)
    """Per block that may be the last: how sure [windows] the network is of its result."""
    features: Array | None = None
    """Of a staged network: what its second stage makes the picture of, besides LR, [N, H, W, C]."""


class Network(nn.Module):
    """RGB [N, 3, H, W] in 0..1 to RGB [N, 3, scale*H, scale*W]; H and W multiples of ``align``.

    In training every picture of a batch is a picture; in evaluation a batch holds samples of *one* picture, over which
    everything is pooled that looks at the whole of it.
    """

    align = 1
    """Sides of an evaluated picture are multiples of it."""
    window = 0
    """Side of attention windows, 0 without."""
    blocks = 0
    """Blocks of which all but the first may be skipped per window; 0 without halting."""
    local = True
    """Whether it is local as it stands; otherwise ``look`` yields a context that makes it so."""
    shrinks = False
    """Whether a graph with shrinking convolutions is of use: few convolutions, no overlapping windows."""
    staged = False
    """Whether there are two of them, with features between: what changed is computed once, its neighbours are not.

    Each then exists twice: at the picture's edge it is told where the picture ends, which costs a product for each convolution.
    """

    rounds = False
    """Whether it computes in 8 bits."""

    def __init__(self, scale: int) -> None:
        super().__init__()
        self.scale = scale

    def forward(self, low: Array) -> Array:
        """Enlarge."""
        return self.look(low).picture

    def look(self, low: Array) -> Look:
        """Enlarge and keep what a later, local pass needs."""
        raise NotImplementedError

    def loss(self, low: Tensor, high: Tensor, threshold: Tensor | None = None) -> Tensor:
        """What training minimises: L1 unless a network says otherwise.

        :param threshold: [] at which windows halt, where they can; None to compute all
        """
        return F.l1_loss(self(low).float(), high)

    def fold(self) -> None:
        """Give up whatever only training has; called once, on the averaged weights."""
