"""AgileIR: cascaded grouped attention in shifted windows.

SwinIR's frame: a convolution, residual groups of transformer layers closed by a convolution, a long residual. In every
layer each head sees its own group of the channels plus what the head before it found (eq. 6-8).

Differences from the paper's code: the attention is connected; the shifted windows begin outside the picture instead of
wrapping around it, so that no pixel sees the opposite border; the picture is added to the result enlarged by repetition.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from . import ops
from .layers import Centre, Conv, LayerNorm, Mlp, Tail
from .network import Look, Network
from .ops import Array

WINDOW = 12
KEY = 16
_EPSILON = 1e-5
_MOMENTUM = 0.02
_HIDDEN = -1e4


class BatchNorm(nn.Module):
    """Batch normalisation of [..., C], which the weight before it takes in once training is over.

    It keeps the standard deviation, epsilon included, and not the variance: that never gets too small for half
    precision.
    """

    def __init__(self, channels: int, gamma: float = 1.0) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.full((channels,), gamma))
        self.beta = nn.Parameter(torch.zeros(channels))
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("deviation", torch.ones(channels))

    def forward(self, x: Tensor, first: int = 0, last: int | None = None) -> Tensor:
        """Normalise by the batch's own statistics, and remember them; ``x`` may be the channels ``first`` to ``last``."""
        gamma, beta, mean, deviation = (t[first:last] for t in (self.gamma, self.beta, self.mean, self.deviation))
        flat = x.reshape(1, -1, 1, x.shape[-1]).permute(0, 3, 1, 2)
        own_mean, variance = torch.zeros_like(mean), torch.zeros_like(mean)
        normal = F.batch_norm(flat, own_mean, variance, gamma, beta, True, 1.0, _EPSILON)
        with torch.no_grad():
            # What batch_norm tells is unbiased, what it divides by is not.
            variance = variance * (1 - 1 / flat.shape[2]) + _EPSILON
            mean.lerp_(own_mean, _MOMENTUM)
            deviation.copy_(deviation.square().lerp(variance, _MOMENTUM).sqrt())
        return normal.permute(0, 2, 3, 1).reshape(x.shape)

    def folded(self, like: Array) -> tuple[Array, Array]:
        """Return the factor and the offset [C] that it amounts to outside training."""
        factor = ops.as_array(self.gamma, like) / self.deviation
        return factor, ops.as_array(self.beta, like) - factor * self.mean


class NormedLinear(nn.Module):
    """Linear maps of the last axis without bias, batch-normalised: one for each head, side by side."""

    def __init__(self, inputs: int, outputs: int, heads: int = 1, gamma: float = 1.0) -> None:
        super().__init__()
        self._outputs = outputs
        self._heads = heads
        self.weight = nn.Parameter(nn.init.trunc_normal_(torch.empty(inputs, heads * outputs), std=0.02))
        self.norm = BatchNorm(heads * outputs, gamma)

    def forward(self, x: Array, head: int = 0) -> Array:
        if self.training:
            first, last = head * self._outputs, (head + 1) * self._outputs
            return self.norm(ops.linear(x, self.weight[:, first:last]), first, last)
        factor, offset = self.norm.folded(x)
        folded = ops.as_array(self.weight, x) * factor, offset
        return ops.linear(x, *(ops.split(t, -1, *[self._outputs] * self._heads)[head] for t in folded))


class NormedDepthwise(nn.Module):
    """Depthwise convolutions of tokens [windows, tokens, C] within their windows, batch-normalised: one for each head."""

    def __init__(self, channels: int, side: int, heads: int) -> None:
        super().__init__()
        self._channels = channels
        self._heads = heads
        self.weight = nn.Parameter(nn.init.kaiming_uniform_(torch.empty(heads * channels, 1, side, side), a=5**0.5))
        self.norm = BatchNorm(heads * channels)

    def forward(self, tokens: Array, head: int) -> Array:
        channels = self._channels
        x = ops.transpose(ops.reshape(tokens, -1, WINDOW, WINDOW, channels), 0, 3, 1, 2)
        if self.training:
            first, last = head * channels, (head + 1) * channels
            return self.norm(_tokens(self._convolved(x, self.weight[first:last]), channels), first, last)
        factor, offset = self.norm.folded(x)
        folded = ops.as_array(self.weight, x) * ops.reshape(factor, -1, 1, 1, 1), offset
        weight, offset = (ops.split(t, 0, *[channels] * self._heads)[head] for t in folded)
        return _tokens(ops.conv(x, weight, offset, channels, self.weight.shape[-1]), channels)

    def _convolved(self, x: Tensor, weight: Tensor) -> Tensor:
        if x.is_cuda:
            return ops.conv(x, weight, None, self._channels)
        # CPUs are slow at the gradient of depthwise convolutions in bfloat16.
        with torch.autocast("cpu", enabled=False):
            return ops.conv(x.float(), weight, None, self._channels)


def _tokens(x: Array, channels: int) -> Array:
    return ops.reshape(ops.transpose(x, 0, 2, 3, 1), -1, WINDOW * WINDOW, channels)


class Grid:
    """The windows of [N, H, W, C]; a shifted grid begins half a window outside the picture."""

    def __init__(self, like: Array, shifted: bool) -> None:
        self._around = WINDOW // 2 if shifted else 0
        self._like = ops.surround(ops.ones(like), self._around) if shifted else like
        self.inside: Array | None = None
        """Per token [windows, tokens, 1] of a shifted grid: 1 in the picture, 0 outside."""
        self.hidden: Array | None = None
        """What to add to the scores of these tokens as keys: 0 in the picture, very little outside."""
        if shifted:
            self.inside = ops.grid(self._like, WINDOW, 1)
            self.hidden = (self.inside - 1.0) * -_HIDDEN

    def cut(self, x: Array, channels: int) -> Array:
        """Return tokens [windows, tokens, C]; those outside are 0."""
        return ops.grid(ops.surround(x, self._around) if self._around else x, WINDOW, channels)

    def join(self, tokens: Array, channels: int) -> Array:
        """Undo :meth:`cut`."""
        x = ops.ungrid(tokens, WINDOW, channels, self._like)
        return ops.strip(x, self._around) if self._around else x


class CascadedAttention(nn.Module):
    """Grouped attention, every head given what the one before it found; mixed by ReLU and a linear map.

    Queries have looked around in their 5x5 neighbourhood before they look for keys.
    """

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self._heads = heads
        self._depth = channels // heads
        self.qkv = NormedLinear(self._depth, 2 * KEY + self._depth, heads)
        self.around = NormedDepthwise(KEY, 5, heads)
        self.table = nn.Parameter(torch.zeros((2 * WINDOW - 1) ** 2, heads))
        self.mix = NormedLinear(channels, channels, gamma=0.0)

    def forward(self, x: Array, grid: Grid) -> Array:
        """Return what [N, H, W, C] sees, of the same size."""
        channels = self._heads * self._depth
        groups = ops.split(grid.cut(x, channels), -1, *[self._depth] * self._heads)
        biases = ops.split(ops.relative_bias(x, self.table, WINDOW, self._heads), 1, *[1] * self._heads)
        found: list[Array] = []
        for head, (group, bias) in enumerate(zip(groups, biases)):
            found.append(self.attend(head, group + found[-1] if found else group, grid, bias))
        return self.mix(ops.relu(grid.join(ops.concat(-1, *found), channels)))

    def attend(self, head: int, x: Array, grid: Grid, bias: Array) -> Array:
        """Return what one head finds for tokens [windows, tokens, C / heads]."""
        q, k, v = ops.split(self.qkv(x, head), -1, KEY, KEY, self._depth)
        if grid.inside is None:
            return ops.attention(self.around(q, head), k, v, 1, KEY**-0.5, bias)
        # One more channel, 1 for queries, hides the keys outside: a mask would be as large as all scores together.
        q = ops.concat(-1, self.around(q * grid.inside, head), grid.inside)
        return ops.attention(q, ops.concat(-1, k, grid.hidden), v, 1, KEY**-0.5, bias)


class Layer(nn.Module):
    """x + attention(LN x), then x + MLP(LN x)."""

    def __init__(self, channels: int, heads: int, attention: bool) -> None:
        super().__init__()
        self.norm = LayerNorm(channels) if attention else None
        self.attention = CascadedAttention(channels, heads) if attention else None
        self.mlp_norm = LayerNorm(channels)
        self.mlp = Mlp(channels, 2)

    def forward(self, x: Array, grid: Grid) -> Array:
        if self.attention is not None:
            x = x + self.attention(self.norm(x), grid)
        return x + self.mlp(self.mlp_norm(x))


class Group(nn.Module):
    """RSTB: layers in windows and shifted windows by turns, a convolution, added to its input.

    :param turn: the number of layers before
    """

    def __init__(self, channels: int, heads: int, layers: int, turn: int, attention: bool) -> None:
        super().__init__()
        self._turn = turn
        self.layers = nn.ModuleList(Layer(channels, heads, attention) for _ in range(layers))
        self.conv = Conv(channels, channels)

    def forward(self, x: Array, grids: tuple[Grid, Grid]) -> Array:
        """Enrich [N, H, W, C]."""
        start = x
        for index, layer in enumerate(self.layers, self._turn):
            x = layer(x, grids[index % 2])
        return start + ops.transpose(self.conv(ops.transpose(x, 0, 3, 1, 2)), 0, 2, 3, 1)


class AgileIR(Network):
    """:param groups: residual groups (RSTB) of ``layers`` each, with ``heads`` heads
    :param attention: False leaves the attention out, to measure what it is worth
    """

    # The shifted windows need no more: half windows at the border are completed by hidden tokens.
    align = WINDOW
    window = WINDOW

    def __init__(
        self, scale: int, channels: int, heads: int, groups: int, layers: int, attention: bool = True
    ) -> None:
        super().__init__(scale)
        self.centre = Centre()
        self.head = Conv(3, channels)
        self.norm = LayerNorm(channels)
        self.groups = nn.ModuleList(
            Group(channels, heads, layers, index * layers, attention) for index in range(groups)
        )
        self.last_norm = LayerNorm(channels)
        self.conv = Conv(channels, channels)
        self.tail = Tail(channels, scale, zero=True)

    def look(self, low: Array) -> Look:
        start = self.head(self.centre(low))
        x = self.norm(ops.transpose(start, 0, 2, 3, 1))
        grids = Grid(x, False), Grid(x, True)
        for group in self.groups:
            x = group(x, grids)
        features = self.conv(ops.transpose(self.last_norm(x), 0, 3, 1, 2))
        return Look(self.tail(features + start, low))

    def loss(self, low: Tensor, high: Tensor, threshold: Tensor | None = None) -> Tensor:
        """Charbonnier's."""
        return ((self(low).float() - high).square() + 1e-6).sqrt().mean()
