"""ESC: convolutions that do most of what attention does (ConvAttn), and few attentions in large windows.

Every layer convolves its first channels with one large kernel, which the whole network shares, and with a small kernel
per channel that is computed from the picture's mean. The small kernels are the context: given them, the network is
local. Windows are not shifted, and the features are completed to whole windows for attention only.

ESC-FP has fewer parameters: its large kernel is separable. ESC-RIB lengthens queries and keys by position factors
instead of adding a table of position biases to their products, so that its attention is free of bias.
"""

import torch
from torch import Tensor, nn

from . import ops
from .layers import Conv, LayerNorm, Linear, Tail
from .network import Look, Network
from .ops import Array

PART = 16
"""Channels that are convolved with the large and the small kernels; the others pass by."""
SMALL = 3
"""Side of the small kernels."""
INNER_RATIO = 1.25
_OCTAVES = 10
_FACTOR_HIDDEN = 32


class LargeKernel(nn.Module):
    """A dense kernel: the mean of its eight rotations and reflections."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(nn.init.orthogonal_(torch.empty(PART, PART, side, side)))
        self._folded = False

    def forward(self) -> list[Tensor]:
        """Return the kernels to be applied one after another."""
        if self._folded:
            return [self.weight]
        mirrored = self.weight + self.weight.mT
        turned = mirrored + mirrored.rot90(1, (2, 3))
        return [(turned + turned.rot90(2, (2, 3))) / 8]

    @torch.no_grad()
    def fold(self) -> None:
        self.weight.copy_(self()[0])
        self._folded = True


class SeparableKernel(nn.Module):
    """A mixing of the channels, then one large kernel a channel."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self.mix = nn.Parameter(torch.randn(PART, PART, 1, 1) * PART**-0.5)
        self.weight = nn.Parameter(nn.init.orthogonal_(torch.empty(PART, 1, side, side)))

    def forward(self) -> list[Tensor]:
        return [self.mix, self.weight]

    def fold(self) -> None:
        """Nothing here is for training only."""


class ConvAttention(nn.Module):
    """The large kernel and the picture's small kernels on the first channels; a 1x1 convolution mixes in the others."""

    def __init__(self, channels: int, reduced: int) -> None:
        super().__init__()
        self._rest = channels - PART
        self.squeeze = Linear(PART, reduced)
        self.excite = Linear(reduced, PART * SMALL**2)
        # Training begins without small kernels.
        nn.init.zeros_(self.excite.weight)
        self.aggregate = Conv(channels, channels, 1)

    def look(self, part: Array) -> Array:
        """Return the small kernels [pictures, 16, 9]; all of a batch are one picture unless the network is training."""
        seen = ops.reshape(ops.mean(part, *((2, 3) if self.training else (0, 2, 3))), -1, PART)
        return ops.reshape(self.excite(ops.gelu(self.squeeze(seen))), -1, PART, SMALL**2)

    def forward(self, x: Array, large: list[Tensor], small: Array | None) -> tuple[Array, Array]:
        """Return the features and the small kernels used: those given, or those of what is seen here."""
        part, rest = ops.split(x, 1, PART, self._rest)
        if small is None:
            small = self.look(part)
        # In the separable form both kernels follow the mixing, which makes them one kernel of the large side.
        *mixing, last = large
        for kernel in mixing:
            part = ops.conv(part, kernel)
        seen = ops.conv(part, last, groups=PART // last.shape[1]) + ops.depthwise(part, small, PART, SMALL)
        return self.aggregate(ops.concat(1, seen, rest)), small


class ConvFfn(nn.Module):
    """1x1, GELU, a 3x3 per channel with GELU added, 1x1."""

    def __init__(self, channels: int, ratio: float) -> None:
        super().__init__()
        wide = round(channels * ratio)
        self.widen = Conv(channels, wide, 1)
        self.local = Conv(wide, wide, 3, groups=wide)
        self.narrow = Conv(wide, channels, 1)

    def forward(self, x: Array) -> Array:
        wide = ops.gelu(self.widen(x))
        return self.narrow(ops.gelu(self.local(wide)) + wide)


class TableAttention(nn.Module):
    """Attention in windows with Swin's table of relative position biases."""

    def __init__(self, channels: int, heads: int, window: int) -> None:
        super().__init__()
        self._heads = heads
        self._window = window
        self.qkv = Linear(channels, 3 * channels)
        self.table = nn.Parameter(torch.randn((2 * window - 1) ** 2, heads) * 1e-3)
        self.out = Linear(channels, channels)

    def forward(self, x: Array, norm: LayerNorm) -> Array:
        channels = self.out.weight.shape[0]
        whole = norm(ops.transpose(ops.complete(x, self._window), 0, 2, 3, 1))
        tokens = ops.grid(whole, self._window, channels)
        q, k, v = (self.qkv(tokens, i * channels, (i + 1) * channels) for i in range(3))
        bias = ops.relative_bias(tokens, self.table, self._window, self._heads)
        scale = (channels // self._heads) ** -0.5
        mixed = ops.attention(q, k, v, self._heads, scale, bias, _parts(self._window))
        mixed = ops.ungrid(self.out(mixed), self._window, channels, whole)
        return ops.restore(ops.transpose(mixed, 0, 3, 1, 2), x)


class PositionFactors(nn.Module):
    """Vectors of a window's places, as long as a head's queries and keys, to which they are appended.

    Their products take the place of biases.
    """

    def __init__(self, channels: int, window: int) -> None:
        super().__init__()
        place = torch.linspace(-1, 1, window)[:, None]
        waves = place * 2.0 ** torch.arange(_OCTAVES)
        self.register_buffer("places", torch.cat([place, waves.sin(), waves.cos()], 1), persistent=False)
        self.down, self.across = (_normal(1 + 2 * _OCTAVES, _FACTOR_HIDDEN) for _ in range(2))
        self.bias = nn.Parameter(torch.zeros(_FACTOR_HIDDEN))
        self.query, self.key = (_normal(_FACTOR_HIDDEN, channels) for _ in range(2))

    def forward(self, like: Array) -> tuple[Array, Array]:
        """Return the factors [places, channels] for queries and keys, of the kind of ``like``."""
        places = ops.as_array(self.places, like)
        # Linear in both coordinates' waves: the sum of what a row and what a column contributes.
        rows = ops.reshape(ops.linear(places, self.down), -1, 1, _FACTOR_HIDDEN)
        columns = ops.reshape(ops.linear(places, self.across, self.bias), 1, -1, _FACTOR_HIDDEN)
        hidden = ops.reshape(ops.relu(rows + columns), -1, _FACTOR_HIDDEN)
        return ops.linear(hidden, self.query), ops.linear(hidden, self.key)


class FactorAttention(nn.Module):
    """Attention in windows with position factors and a gate."""

    def __init__(self, channels: int, heads: int, window: int) -> None:
        super().__init__()
        self._heads = heads
        self._window = window
        self.qkv = Linear(channels, 3 * channels)
        self.factors = PositionFactors(channels, window)
        self.gate_local = Conv(channels, channels, 3, groups=channels)
        self.gate = Conv(channels, channels, 1)
        self.out = Conv(channels, channels, 1)

    def forward(self, x: Array, norm: LayerNorm) -> Array:
        channels = self.out.weight.shape[0]
        normal = norm(x)
        whole = ops.transpose(ops.complete(normal, self._window), 0, 2, 3, 1)
        tokens = ops.grid(whole, self._window, channels)
        depth = channels // self._heads
        query, key = (self._lengthen(factor, depth, 0) for factor in self.factors(tokens))
        q, k, v = (self._project(tokens, i) for i in range(3))
        mixed = ops.attention(q + query, k + key, v, self._heads, depth**-0.5, parts=_parts(self._window))
        mixed = ops.columns(ops.reshape(mixed, 0, 0, self._heads, -1), 0, depth, tokens)
        mixed = ops.ungrid(ops.reshape(mixed, 0, 0, channels), self._window, channels, whole)
        mixed = ops.restore(ops.transpose(mixed, 0, 3, 1, 2), x)
        return self.out(mixed * ops.sigmoid(self.gate(self.gate_local(normal))))

    def _project(self, tokens: Array, index: int) -> Array:
        """Return queries, keys or values, with zeros where factors go: flash attention asks for values as long."""
        channels = self.out.weight.shape[0]
        weight, bias = (
            self._lengthen(ops.columns(t, index * channels, (index + 1) * channels, tokens), 0, channels // self._heads)
            for t in (self.qkv.weight, self.qkv.bias)
        )
        return ops.linear(tokens, weight) + bias

    def _lengthen(self, x: Array, before: int, after: int) -> Array:
        """Put zeros before and after each head's columns of [n, channels]."""
        depth = self.out.weight.shape[0] // self._heads
        each = ops.reshape(x, -1, self._heads, depth)
        return ops.reshape(ops.pad_last(each, before, after), -1, self._heads * (before + depth + after))


class Layer(nn.Module):
    """x + ConvAttn(ConvFFN(x))."""

    def __init__(self, channels: int, reduced: int, norm: bool) -> None:
        super().__init__()
        self.norm = LayerNorm(channels, channels_first=True) if norm else nn.Identity()
        self.ffn = ConvFfn(channels, INNER_RATIO)
        self.attend = ConvAttention(channels, reduced)

    def forward(self, x: Array, large: list[Tensor], small: Array | None) -> tuple[Array, Array]:
        seen, small = self.attend(self.ffn(self.norm(x)), large, small)
        return x + seen, small


class Block(nn.Module):
    """A ConvFFN, attention in windows, layers and a 3x3 convolution, added to the block's input."""

    def __init__(self, channels: int, ratio: float, attention: nn.Module, layers: list[Layer]) -> None:
        super().__init__()
        self.norm = LayerNorm(channels, channels_first=True)
        self.ffn = ConvFfn(channels, ratio)
        self.attention_norm = LayerNorm(channels, channels_first=isinstance(attention, FactorAttention))
        self.attention = attention
        self.layers = nn.ModuleList(layers)
        self.last_norm = LayerNorm(channels, channels_first=True)
        self.last = Conv(channels, channels)

    def forward(self, x: Array, large: list[Tensor], given: list[Array | None]) -> tuple[Array, list[Array]]:
        """Return the features and every layer's small kernels, which are those given where they are given."""
        inner = self.ffn(self.norm(x))
        inner = inner + self.attention(inner, self.attention_norm)
        used = []
        for layer, small in zip(self.layers, given):
            inner, small = layer(inner, large, small)
            used.append(small)
        return x + self.last(self.last_norm(inner)), used


class Esc(Network):
    """:param layers: of each block
    :param ratio: hidden channels of a block's first ConvFFN by its channels
    :param large: side of the large kernel
    :param few: ESC-FP
    :param factors: ESC-RIB
    """

    local = False

    def __init__(
        self,
        scale: int,
        channels: int = 64,
        heads: int = 4,
        window: int = 32,
        blocks: int = 5,
        layers: int = 5,
        ratio: float = 2,
        large: int = 13,
        few: bool = False,
        factors: bool = False,
    ) -> None:
        super().__init__(scale)
        # Windows of a tile are to be the picture's.
        self.align = self.window = window
        self.layers = layers
        attention = FactorAttention if factors else TableAttention
        reduced = PART // 4 if few else PART // 2
        self.large = (SeparableKernel if few else LargeKernel)(large)
        self.head = Conv(3, channels)
        # Where all is black all would be 0, and each normalisation of zeros makes gradients a thousand times as large.
        nn.init.normal_(self.head.bias, std=0.1)
        # Not `blocks`, which counts those that a window may leave out.
        self.body = nn.ModuleList(
            Block(
                channels,
                ratio,
                attention(channels, heads, window),
                [Layer(channels, reduced, norm=few) for _ in range(layers)],
            )
            for _ in range(blocks)
        )
        self.norm = LayerNorm(channels, channels_first=True) if few or factors else nn.Identity()
        self.last = Conv(channels, channels)
        self.tail = Tail(channels, scale, zero=True, bicubic=few)

    def look(self, low: Array) -> Look:
        picture, used = self._run(low, [None] * (self.layers * len(self.body)))
        return Look(picture, None if self.training else ops.concat(1, *used))

    def local_pass(self, low: Array, context: Array) -> Look:
        """Enlarge with a context [1, layers * 16, 9] seen before."""
        return Look(self._run(low, ops.split(context, 1, *[PART] * (self.layers * len(self.body))))[0])

    def context_sides(self) -> list[int]:
        """Return the sides of the context."""
        return [1, PART * self.layers * len(self.body), SMALL**2]

    def _run(self, low: Array, given: list[Array | None]) -> tuple[Array, list[Array]]:
        """Enlarge with small kernels as given, or of what is seen, and return those used."""
        large = self.large()
        start = features = self.head(low)
        used = []
        for index, block in enumerate(self.body):
            features, small = block(features, large, given[index * self.layers : (index + 1) * self.layers])
            used += small
        return self.tail(self.last(self.norm(features)) + start, low), used

    def fold(self) -> None:
        self.large.fold()


def _normal(inputs: int, outputs: int) -> nn.Parameter:
    return nn.Parameter(torch.randn(inputs, outputs) * 0.05)


def _parts(window: int) -> int:
    """Return into how many parts a window's queries go, so that scores take no more room than in windows of 16."""
    return max(1, window**2 // 256)
