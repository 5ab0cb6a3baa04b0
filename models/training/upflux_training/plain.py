"""The ``plain`` network: 3x3 convolutions with LeakyReLU and a nearest-neighbour skip, nothing else.

It is trained in a wider, linear-overparameterised form and deployed as one 3x3 convolution per layer.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class Shape:
    """Width and depth of a variant: head and tail convolutions around ``body`` ones of ``channels``."""

    channels: int
    body: int


SHAPES = {
    "plain-s": Shape(channels=32, body=2),
}


@dataclass(frozen=True)
class FoldedLayer:
    """A deployed layer: convolution [out, in, 3, 3] with bias [out], then LeakyReLU unless slope is None."""

    weight: Tensor
    bias: Tensor
    slope: float | None


class FoldableConv(nn.Module):
    """A 3x3 convolution trained as 3x3-to-wide times 1x1-to-narrow (plus identity).

    Both factors are linear, so they are multiplied as *kernels* before the picture is touched: a training
    step costs as much as with a single convolution, and folding is exact.
    """

    def __init__(self, inputs: int, outputs: int, wide: int, activate: bool) -> None:
        super().__init__()
        self.spread = nn.Parameter(torch.empty(wide, inputs, 3, 3))
        self.gather = nn.Parameter(torch.empty(outputs, wide))
        self.bias = nn.Parameter(torch.zeros(outputs))
        # One learned slope per layer (not per channel): it exports as LeakyRelu, which runtimes fuse into Conv.
        self.slope = nn.Parameter(torch.full((1,), 0.1)) if activate else None
        self._residual = inputs == outputs
        nn.init.kaiming_normal_(self.spread, nonlinearity="linear")
        nn.init.normal_(self.gather, std=(0.5 if self._residual else 1.0) * wide**-0.5)

    def kernel(self) -> Tensor:
        """Return the single [out, in, 3, 3] kernel that this layer amounts to."""
        kernel = torch.einsum("ow,wihx->oihx", self.gather, self.spread)
        if self._residual:
            identity = torch.eye(kernel.shape[0], device=kernel.device)
            kernel = kernel + F.pad(identity[:, :, None, None], (1, 1, 1, 1))
        return kernel

    def forward(self, features: Tensor) -> Tensor:
        """Map [N, in, H, W] to [N, out, H, W] with zero padding."""
        result = F.conv2d(features, self.kernel(), self.bias, padding=1)
        return result if self.slope is None else F.prelu(result, self.slope)


class PlainNetwork(nn.Module):
    """RGB [N, 3, H, W] in 0..1 to RGB [N, 3, scale*H, scale*W]."""

    def __init__(self, shape: Shape, scale: int) -> None:
        super().__init__()
        self.scale = scale
        width, wide = shape.channels, 2 * shape.channels
        self.layers = nn.Sequential(
            FoldableConv(3, width, wide, activate=True),
            *(FoldableConv(width, width, wide, activate=True) for _ in range(shape.body)),
            FoldableConv(width, 3 * scale * scale, wide, activate=False),
        )
        # The network starts as nearest-neighbour enlargement.
        nn.init.zeros_(self.layers[-1].gather)

    def forward(self, low: Tensor) -> Tensor:
        skip = low.repeat_interleave(self.scale**2, dim=1)
        return F.pixel_shuffle(self.layers(low) + skip, self.scale)

    @torch.no_grad()
    def fold(self) -> list[FoldedLayer]:
        """Return the deployed layers, in order."""
        return [
            FoldedLayer(layer.kernel().clone(), layer.bias.clone(), None if layer.slope is None else layer.slope.item())
            for layer in self.layers
        ]
