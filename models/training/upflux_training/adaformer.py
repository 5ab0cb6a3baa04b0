"""AdaFormer (token-adaptive halting) and AdaFormer-V, its variant for video.

Both are an encoder, blocks of attention in 8x8 windows, and a decoder. Each block adds to every window the attention
among its tokens and the attention to 16 prototypes, which have looked at the whole picture. A confidence is estimated
after each block; a window whose confidences add up to a threshold halts: later blocks leave it as it is.

Differences from the paper: windows halt as a whole; a halted window is left out of the whole block, MLP included
(``PAPER_RULE`` is the paper's: attention contributes the normalised input, the MLP runs on); the error that the
confidence is trained on (eq. 17, 25) is held constant, so that the picture itself is trained by plain L1; the picture
is added to the result enlarged by repetition; a picture is not evaluated in regions with prototypes of their own.
"""

from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
import torch
import torch.nn.functional as F
from onnx import TensorProto
from torch import Tensor, nn

from . import ops
from .graph import Value
from .layers import Centre, Conv, LayerNorm, Linear, Mlp, ResidualBlock, Tail
from .network import Look, Network
from .ops import Array

WINDOW = 8
PROTOTYPES = 16
THRESHOLD = 0.95


class Halted(Enum):
    """What a block adds to a halted window."""

    NOTHING = auto()
    PAPER_RULE = auto()


class LocalAttention(nn.Module):
    """Attention among the tokens of each window, with Swin's relative position bias; no output projection."""

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self._heads = heads
        self.qkv = Linear(channels, 3 * channels)
        self.table = nn.Parameter(nn.init.trunc_normal_(torch.empty((2 * WINDOW - 1) ** 2, heads), std=0.02))

    def forward(self, rows: Array) -> Array:
        """Return what rows [windows * 64, C] see of their windows."""
        bias = ops.relative_bias(rows, self.table, WINDOW, self._heads)
        return ops.window_attention(rows, self.qkv.weight, self.qkv.bias, self._heads, WINDOW**2, bias)


class PrototypeAttention(nn.Module):
    """Prototypes attend to all tokens of the picture, then the tokens attend to what the prototypes found."""

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self._heads = heads
        self.prototypes = nn.Parameter(nn.init.trunc_normal_(torch.empty(1, PROTOTYPES, channels), std=0.02))
        self.norm = LayerNorm(channels)
        self.qkv = Linear(channels, 3 * channels)
        self.kv = Linear(channels, 2 * channels)

    def look(self, rows: Array, pictures: int, halted: Tensor | None) -> Array:
        """Return what the prototypes find [pictures, 16, C] in rows [pictures * windows * 64, C]."""
        channels = self.prototypes.shape[-1]
        k, v = (
            ops.reshape(self.qkv(rows, i * channels, (i + 1) * channels), pictures, -1, channels) for i in (1, 2)
        )
        q = self.qkv(self.norm(ops.as_array(self.prototypes, rows)), 0, channels)
        if isinstance(q, Tensor):
            q = q.expand(pictures, -1, -1)
        bias = None
        if halted is not None:
            # [pictures, 1, 1, tokens]: halted windows are not looked at.
            each = halted.reshape(pictures, -1, 1).expand(-1, -1, WINDOW * WINDOW).reshape(pictures, 1, 1, -1)
            bias = torch.zeros_like(each, dtype=torch.float32).masked_fill(each, -1e4)
        return ops.attention(q, k, v, self._heads, (channels // self._heads) ** -0.5, bias)

    def forward(self, rows: Array, found: Array) -> Array:
        """Return what rows [pictures * windows * 64, C] see in [pictures, 16, C]."""
        channels = self.prototypes.shape[-1]
        weight, bias = (ops.columns(t, 0, channels, rows) for t in (self.qkv.weight, self.qkv.bias))
        return ops.shared_attention(rows, weight, bias, *ops.halves(self.kv(found)), self._heads, channels)


class TokenBlock(nn.Module):
    """TSAB: x + (local(LN x) + global(LN x)), then x + MLP(LN x)."""

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self._channels = channels
        self.norm = LayerNorm(channels)
        self.local = LocalAttention(channels, heads)
        self.whole = PrototypeAttention(channels, heads)
        self.mlp_norm = LayerNorm(channels)
        self.mlp = Mlp(channels, 2)

    def look(self, tokens: Array, pictures: int, halted: Tensor | None = None) -> Array:
        return self.whole.look(self.norm(_rows(tokens, self._channels)), pictures, halted)

    def forward(self, tokens: Array, found: Array) -> Array:
        rows = _rows(tokens, self._channels)
        normal = self.norm(rows)
        rows = rows + (self.local(normal) + self.whole(normal, found))
        return _tokens(rows + self.mlp(self.mlp_norm(rows)), self._channels)

    def by_the_paper(self, tokens: Tensor, found: Tensor, halted: Tensor) -> Tensor:
        normal = self.norm(_rows(tokens, self._channels))
        seen = (self.local(normal) + self.whole(normal, found)).reshape(tokens.shape)
        tokens = tokens + torch.where(halted[:, None, None], 2 * normal.reshape(tokens.shape), seen)
        return tokens + self.mlp(self.mlp_norm(tokens))


class ConvEstimator(nn.Module):
    """The paper's: two 3x3 convolutions on the features, tanh between, sigmoid; averaged over each window."""

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.first = Conv(channels, hidden)
        self.second = Conv(hidden, 1)

    def forward(self, tokens: Array, like: Array) -> Array:
        features = ops.unwindows(tokens, WINDOW, like)
        confidence = ops.sigmoid(self.second(ops.tanh(self.first(features))))
        return ops.reshape(ops.mean(ops.windows(confidence, WINDOW), 1), -1)


class WindowEstimator(nn.Module):
    """One that sees its window only, so that a window computed alone is judged alike.

    GELU, not tanh: texture has no mean, and an odd function of it has none either.
    """

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self._channels = channels
        self._hidden = hidden
        self.first = Linear(channels, hidden)
        self.second = Linear(hidden, 1)

    def forward(self, tokens: Array, like: Array) -> Array:
        seen = ops.gelu(self.first(_rows(tokens, self._channels)))
        means = ops.reshape(ops.mean(_tokens(seen, self._hidden), 1), -1, self._hidden)
        return ops.reshape(ops.sigmoid(self.second(means)), -1)


@dataclass(frozen=True)
class Coded:
    """What the encoder makes of a picture."""

    start: Array
    """The head's features [N, C, H, W]."""
    features: Array
    """The encoder's features [N, C, H, W]."""
    entered: Array
    """What enters the blocks, whole: [N, H, W, C] of the video variant, otherwise [N, C, H, W]."""
    tokens: Array
    """The same in windows [windows, 64, C]."""


@dataclass(frozen=True)
class Gathers:
    """Which windows each block computes, as the host lists them (see the model contract)."""

    rows: list[Array]
    """Per block but the first: rows of the block before that go on."""
    assemble: Array
    """For every window, its row in the outputs of all blocks, one after another."""


class AdaFormer(Network):
    """:param residual_blocks: of encoder and decoder each; 0 for a single convolution
    :param estimator: hidden channels of the confidence estimator
    :param video: AdaFormer-V: no 1x1 convolutions around the blocks (the paper's AdaM), an estimator that sees its window only
    """

    align = WINDOW
    window = WINDOW
    local = False

    def __init__(
        self,
        scale: int,
        channels: int,
        heads: int,
        blocks: int,
        residual_blocks: int,
        estimator: int,
        video: bool = False,
        halted: Halted = Halted.NOTHING,
    ) -> None:
        super().__init__(scale)
        self.blocks = blocks
        self.shrinks = self.staged = video
        self._video = video
        self.channels = channels
        self._halted = halted
        self.centre = Centre()
        self.head = Conv(3, channels)
        self.encoder = _convolutions(channels, residual_blocks)
        self.enter = None if video else Conv(channels, channels, 1)
        self.token_blocks = nn.ModuleList(TokenBlock(channels, heads) for _ in range(blocks))
        self.leave = None if video else Conv(channels, channels, 1)
        self.estimator = (WindowEstimator if video else ConvEstimator)(channels, estimator)
        self.decoder = _convolutions(channels, residual_blocks)
        self.tail = Tail(channels, scale, zero=True)

    def context_sides(self) -> list[int]:
        """Return the shape of the context: what the prototypes of all blocks found."""
        return [1, self.blocks * PROTOTYPES, self.head.weight.shape[0]]

    def start(self, low: Array) -> Array:
        """Return the head's features [N, C, H, W], which encoder and decoder begin and end with."""
        return self.head(self.centre(low))

    def encode(self, low: Array) -> Coded:
        """Return what encoder and head make of a picture."""
        start = self.start(low)
        features = self.encoder(start)
        entered = features if self.enter is None else self.enter(features)
        if not self._video:
            return Coded(start, features, entered, ops.windows(entered, WINDOW))
        last = ops.transpose(features, 0, 2, 3, 1)
        return Coded(start, features, last, ops.grid(last, WINDOW, self.channels))

    def join(self, coded: Coded, tokens: Array) -> Array:
        """Return encoder's features and tokens together: [N, H, W, C] of the video variant, otherwise [N, C, H, W]."""
        if self._video:
            # Added before they are put in their places, which is faster.
            return ops.ungrid(tokens + coded.tokens, WINDOW, self.channels, coded.entered)
        return self.leave(ops.unwindows(tokens, WINDOW, coded.entered)) + coded.features

    def decode(self, low: Array, start: Array, joined: Array) -> Array:
        """Return the picture, given its LR, what :meth:`start` made of it, and what :meth:`join` did."""
        if self._video:
            joined = ops.transpose(joined, 0, 3, 1, 2)
        return self.tail(self.decoder(joined) + start, low)

    def look(self, low: Array, threshold: Tensor | None = None) -> Look:
        """Enlarge; with a threshold [] halted windows are left out by masks, as in training."""
        coded = self.encode(low)
        tokens = coded.tokens
        pictures = low.shape[0] if self.training else 1
        contexts, confidence = [], []
        score: Tensor | None = None
        for block in self.token_blocks:
            halted = None if score is None or threshold is None else score >= threshold
            if halted is not None and not self.training:
                halted[score.argmin()] = False  # as a graph does, whose lists must not be empty
            found = block.look(tokens, pictures, halted)
            contexts.append(found)
            if halted is None:
                tokens = self.step(len(contexts), tokens, found, coded.entered)
            elif self._halted is Halted.PAPER_RULE:
                tokens = block.by_the_paper(tokens, found, halted)
            else:
                computed = self.step(len(contexts), tokens, found, coded.entered)
                tokens = torch.where(halted[:, None, None], tokens, computed)
            if len(contexts) < self.blocks:
                judged = tokens.detach() if isinstance(tokens, Tensor) else tokens
                confidence.append(self.estimator(judged, coded.entered))
                if isinstance(tokens, Tensor) and threshold is not None:
                    score = confidence[-1].detach() + (0 if score is None else score)
                    if halted is not None:
                        score = score.masked_fill(halted, float("inf"))  # who has halted stays so
        joined = self.join(coded, tokens)
        picture = self.decode(low, coded.start, joined)
        context = None if self.training else ops.concat(1, *contexts)
        return Look(picture, context, confidence, joined if self._video else None)

    def step(self, number: int, tokens: Array, found: Array, like: Array) -> Array:
        """Return what block ``number``, from 1, makes of tokens in windows; ``like`` is of the picture's size."""
        return self.token_blocks[number - 1](tokens, found)

    def local_pass(self, low: Array, context: Array, gathers: Gathers | None = None) -> Look:
        """Enlarge with a context [1, blocks * 16, C] seen before, computing in each block only the windows listed."""
        coded = self.encode(low)
        joined, confidence = self._through_blocks(coded, context, gathers)
        return Look(self.decode(low, coded.start, joined), None, confidence, joined if self._video else None)

    def first_stage(self, low: Array, context: Array, gathers: Gathers | None = None) -> tuple[Array, list[Array]]:
        """Return of a local pass what the decoder needs, and the confidences: the first of two stages.

        Windows are computed without regard to others, so any that changed can be, alone.
        """
        return self._through_blocks(self.encode(low), context, gathers)

    def second_stage(self, low: Array, features: Array) -> Array:
        """Enlarge given what :meth:`first_stage` returned, of this and the neighbouring windows: the second stage."""
        return self.decode(low, self.start(low), features)

    def _through_blocks(self, coded: Coded, context: Array, gathers: Gathers | None) -> tuple[Array, list[Array]]:
        rows = coded.tokens
        versions, confidence = [], []
        founds = ops.split(context, 1, *[PROTOTYPES] * self.blocks)
        for index, (block, found) in enumerate(zip(self.token_blocks, founds)):
            if index > 0 and gathers is not None:
                rows = ops.take(rows, gathers.rows[index - 1])
            rows = block(rows, found)
            versions.append(rows)
            if self._video and index < self.blocks - 1:
                confidence.append(self.estimator(rows, coded.entered))
        tokens = rows if gathers is None else ops.take(ops.concat(0, *versions), gathers.assemble)
        return self.join(coded, tokens), confidence

    def halting_pass(self, low: Value, threshold: Value) -> tuple[Look, Value]:
        """Enlarge on a graph that itself decides which windows go on; return what it made and the halting depths.

        At least one window goes on to the end, the least sure one: no list is ever empty.
        """
        graph = low.graph
        coded = self.encode(low)
        rows = coded.tokens
        count = graph.node("Slice", graph.node("Shape", rows, margin=0), *(graph.ints(i) for i in (0, 1, 0)))
        one, none = graph.constant(np.int64(1)), graph.constant(np.int64(0))

        def numbers(length: Value) -> Value:
            return graph.node("Range", none, graph.node("Squeeze", length, graph.ints(0)), one)

        origin = assemble = numbers(count)
        depth = graph.node("Expand", graph.ints(1), count)
        score, done = None, count
        versions, contexts = [], []
        for index, block in enumerate(self.token_blocks):
            if index > 0:
                rest = graph.node("Shape", rows, margin=0)
                rest = graph.node("Slice", rest, *(graph.ints(i) for i in (0, 1, 0)))
                least = graph.node("Equal", numbers(rest), graph.node("ArgMin", score, axis=0, keepdims=1))
                on = graph.node("Or", graph.node("Less", score, threshold), least)
                on = ops.reshape(graph.node("NonZero", on), -1)
                rows, score, origin = (ops.take(x, on) for x in (rows, score, origin))
                length = graph.node("Shape", on)
                place = graph.node("Add", numbers(length), done)
                assemble = graph.node("ScatterElements", assemble, origin, place, axis=0)
                level = graph.node("Expand", graph.ints(index + 1), length)
                depth = graph.node("ScatterElements", depth, origin, level, axis=0)
                done = graph.node("Add", done, length)
            contexts.append(block.look(rows, 1))
            rows = block(rows, contexts[-1])
            versions.append(rows)
            if index < self.blocks - 1:
                sure = self._judge(rows, coded.entered, versions, assemble)
                score = sure if score is None else score + (sure if self._video else ops.take(sure, origin))
        tokens = ops.take(ops.concat(0, *versions), assemble)
        joined = self.join(coded, tokens)
        picture = self.decode(low, coded.start, joined)
        seen = Look(picture, ops.concat(1, *contexts), [], joined if self._video else None)
        shape = graph.node("Shape", low, margin=0)
        batch, height, width = (graph.node("Slice", shape, *(graph.ints(j) for j in (i, i + 1, 0))) for i in (0, 2, 3))
        sides = (graph.node("Div", side, graph.ints(WINDOW)) for side in (height, width))
        depth = graph.node("Reshape", depth, graph.node("Concat", batch, *sides, axis=0))
        return seen, graph.node("Cast", depth, to=TensorProto.INT32)

    def _judge(self, rows: Value, entered: Value, versions: list[Value], assemble: Value) -> Value:
        """Return confidences: of the rows where a window suffices, otherwise of all windows as they now are."""
        if self._video:
            return self.estimator(rows, entered)
        return self.estimator(ops.take(ops.concat(0, *versions), assemble), entered)

    def loss(self, low: Tensor, high: Tensor, threshold: Tensor | None = None) -> Tensor:
        """L1, plus how badly the confidences foretell the error: C e - log C, in code values (eq. 17, 25)."""
        seen = self.look(low, threshold)
        difference = (seen.picture.float() - high).abs()
        error = F.avg_pool2d(255 * difference.detach().mean(1, keepdim=True), WINDOW * self.scale).flatten()
        confidence = torch.stack(seen.confidence).float().clamp_min(1e-4)
        foretold = (confidence * error - confidence.log()).mean()
        return difference.mean() + 0.01 * foretold


def _rows(tokens: Array, channels: int) -> Array:
    """Return tokens [windows, 64, C] as a matrix, whose products a runtime forms in one piece, offset included."""
    return ops.reshape(tokens, -1, channels)


def _tokens(rows: Array, channels: int) -> Array:
    """Undo :func:`_rows`."""
    return ops.reshape(rows, -1, WINDOW**2, channels)


def _convolutions(channels: int, residual_blocks: int) -> nn.Module:
    if residual_blocks == 0:
        return Conv(channels, channels)
    return nn.Sequential(*(ResidualBlock(channels) for _ in range(residual_blocks)))
