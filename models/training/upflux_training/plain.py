"""The ``plain`` network: 3x3 convolutions with LeakyReLU and a nearest-neighbour skip, nothing else."""

import torch
from torch import Tensor, nn

from . import ops
from .layers import Tail
from .network import Look, Network
from .ops import Array


class PlainLayer(nn.Module):
    """A 3x3 convolution with one learned LeakyReLU slope."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs, 3, 3))
        self.bias = nn.Parameter(torch.zeros(outputs))
        # One slope per layer (not per channel): runtimes fuse LeakyRelu into their convolutions, PRelu not.
        self.slope = nn.Parameter(torch.full((1,), 0.1))
        nn.init.kaiming_normal_(self.weight, nonlinearity="linear")
        if inputs == outputs:
            # Near the identity, through which the first gradients find their way.
            self.weight.data.mul_(0.5).add_(nn.init.dirac_(torch.empty_like(self.weight)))

    def forward(self, x: Array) -> Array:
        return ops.leaky_relu(ops.conv(x, self.weight, self.bias), self.slope)


class Plain(Network):
    """``layers`` convolutions of ``channels`` and a tail of kernel side ``tail``."""

    shrinks = True

    def __init__(self, scale: int, channels: int, layers: int, tail: int = 3) -> None:
        super().__init__(scale)
        self.channels = channels
        self.layers = nn.Sequential(PlainLayer(3, channels), *(PlainLayer(channels, channels) for _ in range(layers - 1)))
        # Of few layers, squares cost little more in one go.
        self.staged = layers > 4
        self._first = (layers + 1) // 2
        # The network starts as nearest-neighbour enlargement.
        self.tail = Tail(channels, scale, tail, zero=True)

    def look(self, low: Array) -> Look:
        if not self.staged:
            return Look(self.tail(self.layers(low), low))
        middle = self.layers[: self._first](low)
        return Look(self._finished(low, middle), features=ops.transpose(middle, 0, 2, 3, 1))

    def first_stage(self, low: Array) -> Array:
        """Return what the second stage makes the picture of: [N, H, W, C] of the middle layer."""
        return ops.transpose(self.layers[: self._first](low), 0, 2, 3, 1)

    def second_stage(self, low: Array, features: Array) -> Array:
        """Enlarge given what :meth:`first_stage` returned."""
        return self._finished(low, ops.transpose(features, 0, 3, 1, 2))

    def _finished(self, low: Array, middle: Array) -> Array:
        return self.tail(self.layers[self._first :](middle), low)
