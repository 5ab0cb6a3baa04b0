"""The operations networks are written in: each takes tensors, and graph values when the network is being exported.

Pictures and features are [N, C, H, W]; tokens are [windows, tokens, C].
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .graph import Graph, Value

Array = Tensor | Value


def conv(x: Array, weight: Array, bias: Array | None = None, groups: int = 1, size: int | None = None) -> Array:
    """Convolve with an odd kernel, padding with zeros so that the size stays (in a shrinking graph: not padding).

    The kernel's side ``size`` is to be told where the graph computes the weight.
    """
    size = size or weight.shape[-1]
    if isinstance(x, Tensor):
        return F.conv2d(x, weight, bias, padding=size // 2, groups=groups)
    return graph_conv(x, weight, bias, groups, size)


def graph_conv(x: Value, weight: Array, bias: Array | None, groups: int, size: int) -> Value:
    """Add a convolution whose weight may be computed by the graph; ``size`` is its kernel's side."""
    reach = size // 2
    valid = x.graph.valid
    if valid and x.margin < reach:
        raise ValueError(f"a margin of {x.margin} is too little for a kernel of {size}")
    if reach and x.graph.inside is not None:
        # A convolution that pads takes all beyond the picture for zero.
        x = x.graph.within(x)
    return x.graph.node(
        "Conv",
        x,
        weight,
        bias,
        margin=x.margin - (reach if valid else 0),
        kernel_shape=[size, size],
        pads=[0 if valid else reach] * 4,
        group=groups,
    )


def depthwise(x: Array, kernels: Array, channels: int, side: int) -> Array:
    """Convolve each channel of [N, C, H, W] with a computed kernel [N, C, side^2], or [1, C, side^2] for all pictures."""
    if isinstance(x, Tensor):
        # The pictures that have kernels of their own become channels.
        own = kernels.shape[0] * channels
        weight = kernels.reshape(own, 1, side, side)
        return F.conv2d(x.reshape(-1, own, *x.shape[2:]), weight, padding=side // 2, groups=own).reshape(x.shape)
    return graph_conv(x, reshape(kernels, channels, 1, side, side), None, channels, side)


def linear(x: Array, weight: Array, bias: Array | None = None) -> Array:
    """Return x @ weight (+ bias), weight [in, out]: the orientation in which a runtime multiplies."""
    if isinstance(x, Tensor):
        return F.linear(x, weight.mT, bias)
    product = x.graph.node("MatMul", x, weight)
    return product if bias is None else product + bias


def relu(x: Array) -> Array:
    return F.relu(x) if isinstance(x, Tensor) else x.graph.node("Relu", x)


def leaky_relu(x: Array, slope: Tensor) -> Array:
    """LeakyReLU with one learned slope; it exports as an attribute, which runtimes fuse into a convolution."""
    if isinstance(x, Tensor):
        return F.prelu(x, slope.to(x.dtype))
    return x.graph.node("LeakyRelu", x, alpha=slope.item())


@dataclass(frozen=True)
class Grid:
    """The 256 values that something in 8 bits can have: ``step * (code - zero)``, codes 0 to 255."""

    step: float
    zero: int

    @staticmethod
    def of(least: float, most: float) -> Grid:
        """Return the grid from about ``least``, at most 0, to ``most``; 0 is on it, which is what convolutions pad with."""
        step = float(np.float32((most - least) / 255)) or 1.0
        return Grid(step, round(-least / step))


def rounded(x: Array, grid: Grid) -> Array:
    """Round to the nearest value of a grid."""
    if isinstance(x, Tensor):
        return ((x / grid.step).round() + grid.zero).clamp(0, 255).sub(grid.zero) * grid.step
    return x.graph.rounded(x, grid.step, grid.zero)


_KERNEL_STEPS = 63
"""The largest of 7 bits with sign."""


def rounded_conv(x: Array, grid: Grid, weight: Tensor, bias: Tensor) -> Array:
    """Convolve what is rounded to a grid with a kernel rounded to 7 bits.

    The kernel's steps are as large for each output channel as its largest number needs; the bias is a whole number of what
    products of both are multiples of, as a runtime makes it when it multiplies whole numbers.
    """
    largest = weight.detach().float().abs().flatten(1).amax(1)
    step = torch.where(largest > 0, largest, 1.0) / _KERNEL_STEPS
    if isinstance(x, Tensor):
        each, product = step.view(-1, 1, 1, 1), step * grid.step
        return conv(x, (weight / each).round() * each, (bias / product).round() * product)
    return conv(x, x.graph.rounded_kernel(weight, step), bias, size=weight.shape[-1])


def tanh(x: Array) -> Array:
    return torch.tanh(x) if isinstance(x, Tensor) else x.graph.node("Tanh", x)


def sigmoid(x: Array) -> Array:
    return torch.sigmoid(x) if isinstance(x, Tensor) else x.graph.node("Sigmoid", x)


def gelu(x: Array) -> Array:
    """GELU with the error function, not its tanh approximation."""
    return F.gelu(x) if isinstance(x, Tensor) else x.graph.node("Gelu", x, domain="com.microsoft")


def softmax(x: Array) -> Array:
    """Softmax over the last axis."""
    return torch.softmax(x, -1) if isinstance(x, Tensor) else x.graph.node("Softmax", x, axis=-1)


def layer_norm(x: Array, weight: Array, bias: Array, epsilon: float = 1e-6) -> Array:
    """Normalise over the last axis."""
    if isinstance(x, Tensor):
        return F.layer_norm(x, weight.shape, weight, bias, epsilon)
    return x.graph.node("LayerNormalization", x, weight, bias, axis=-1, epsilon=epsilon)


def channel_norm(x: Array, weight: Array, bias: Array, epsilon: float = 1e-6) -> Array:
    """Normalise [N, C, H, W] over its channels."""
    if isinstance(x, Tensor):
        return F.layer_norm(x.permute(0, 2, 3, 1), weight.shape, weight, bias, epsilon).permute(0, 3, 1, 2)
    last = transpose(x, 0, 2, 3, 1)
    return transpose(layer_norm(last, weight, bias, epsilon), 0, 3, 1, 2)


def mean(x: Array, *axes: int) -> Array:
    """Average over axes, which stay as sides of 1."""
    if isinstance(x, Tensor):
        return x.mean(axes, keepdim=True)
    return x.graph.node("ReduceMean", x, axes=list(axes), keepdims=1)


def transpose(x: Array, *order: int) -> Array:
    return x.permute(order) if isinstance(x, Tensor) else x.graph.node("Transpose", x, perm=list(order))


def reshape(x: Array, *sides: int) -> Array:
    """Reshape to fixed sides, of which one may be -1 (and, as in ONNX, 0 keeps the side at its place)."""
    if isinstance(x, Tensor):
        return x.reshape([x.shape[i] if side == 0 else side for i, side in enumerate(sides)])
    return x.graph.node("Reshape", x, x.graph.ints(*sides))


def split(x: Array, axis: int, *sizes: int) -> list[Array]:
    if len(sizes) == 1:
        return [x]
    if isinstance(x, Tensor):
        return list(x.split(sizes, axis))
    return x.graph.nodes("Split", len(sizes), x, x.graph.ints(*sizes), axis=axis)


def concat(axis: int, *parts: Array) -> Array:
    """Join along an axis; spatial parts are cut to their common margin."""
    if isinstance(parts[0], Tensor):
        return torch.cat(parts, axis)
    graph = parts[0].graph
    margin = min(part.margin for part in parts)
    return graph.node("Concat", *(graph.crop(part, margin) for part in parts), axis=axis)


def halves(x: Array) -> list[Array]:
    """Cut the last axis in two."""
    return list(x.chunk(2, -1)) if isinstance(x, Tensor) else x.graph.nodes("Split", 2, x, axis=-1)


def as_array(weight: Tensor, like: Array) -> Array:
    """Return a weight as an operand of the kind of ``like``."""
    return weight if isinstance(like, Tensor) else like.graph.value(weight)


def columns(weight: Tensor, first: int, last: int, like: Array) -> Array:
    """Cut weights along their last axis, as operands of the kind of ``like``."""
    if isinstance(like, Tensor):
        return weight[..., first:last]
    return like.graph.node("Slice", weight, *(like.graph.ints(end) for end in (first, last, -1)))


def pad_last(x: Array, before: int, after: int) -> Array:
    """Put zeros before and after the last axis of [a, b, c]."""
    if isinstance(x, Tensor):
        return F.pad(x, (before, after))
    return x.graph.node("Pad", x, x.graph.ints(0, 0, before, 0, 0, after))


def take(x: Array, rows: Array) -> Array:
    """Pick rows (along the first axis) by number."""
    return x[rows] if isinstance(x, Tensor) else x.graph.node("Gather", x, rows, axis=0)


def complete(x: Array, side: int) -> Array:
    """Continue [N, C, H, W] to the right and downwards to whole windows.

    The continuation is the reflection, as far as it goes in a picture smaller than a window; after that the last row
    or column is repeated.
    """
    if isinstance(x, Tensor):
        missing = [-size % side for size in x.shape[-2:]]
        reflected = [min(count, size - 1) for count, size in zip(missing, x.shape[-2:])]
        for counts, mode in ((reflected, "reflect"), ([m - r for m, r in zip(missing, reflected)], "replicate")):
            if any(counts):
                x = F.pad(x, (0, counts[1], 0, counts[0]), mode=mode)
        return x
    graph = x.graph
    size = graph.node("Shape", x, margin=0, start=2)
    missing = graph.node("Mod", graph.node("Neg", size), graph.ints(side))
    reflected = graph.node("Min", missing, graph.node("Sub", size, graph.ints(1)))
    for counts, mode in ((reflected, "reflect"), (graph.node("Sub", missing, reflected), "edge")):
        x = graph.node("Pad", x, graph.node("Concat", graph.ints(*[0] * 6), counts, axis=0), mode=mode)
    return x


def restore(x: Array, like: Array) -> Array:
    """Cut what :func:`complete` added, given anything of the former size."""
    if isinstance(x, Tensor):
        return x[..., : like.shape[-2], : like.shape[-1]]
    graph = x.graph
    return graph.node("Slice", x, graph.ints(0, 0), graph.node("Shape", like, margin=0, start=2), graph.ints(2, 3))


def windows(x: Array, side: int) -> Array:
    """Cut [N, C, H, W] into tokens [N * H/side * W/side, side * side, C], windows in raster order."""
    if isinstance(x, Tensor):
        n, c, h, w = x.shape
        cut = x.reshape(n, c, h // side, side, w // side, side)
        return cut.permute(0, 2, 4, 3, 5, 1).reshape(-1, side * side, c)
    graph = x.graph
    if x.margin % side:
        raise ValueError(f"a margin of {x.margin} does not end on the grid of windows of {side}")
    shape = graph.node("Shape", x, margin=0)
    batch, channels, height, width = (
        graph.node("Slice", shape, graph.ints(i), graph.ints(i + 1), graph.ints(0)) for i in range(4)
    )
    step = graph.ints(side)
    rows, columns = graph.node("Div", height, step), graph.node("Div", width, step)
    cut = graph.node("Reshape", x, graph.node("Concat", batch, channels, rows, step, columns, step, axis=0))
    flat = graph.node("Concat", graph.ints(-1), graph.ints(side * side), channels, axis=0)
    return graph.node("Reshape", transpose(cut, 0, 2, 4, 3, 5, 1), flat, margin=0)


def unwindows(tokens: Array, side: int, like: Array) -> Array:
    """Undo :func:`windows`; ``like`` is any [N, *, H, W] with the wanted batch and size."""
    if isinstance(tokens, Tensor):
        n, _, h, w = like.shape
        cut = tokens.reshape(n, h // side, w // side, side, side, -1)
        # Channels stay last in memory: whole rows of them are moved, and convolutions want them so.
        return cut.transpose(2, 3).reshape(n, h, w, -1).permute(0, 3, 1, 2)
    graph = tokens.graph
    shape = graph.node("Shape", like, margin=0)
    batch, height, width = (
        graph.node("Slice", shape, graph.ints(i), graph.ints(i + 1), graph.ints(0)) for i in (0, 2, 3)
    )
    step, rest = graph.ints(side), graph.ints(-1)
    rows, columns = graph.node("Div", height, step), graph.node("Div", width, step)
    cut = graph.node("Reshape", tokens, graph.node("Concat", batch, rows, columns, step, step, rest, axis=0))
    whole = graph.node("Concat", batch, rest, height, width, axis=0)
    return graph.node("Reshape", transpose(cut, 0, 5, 1, 3, 2, 4), whole, margin=like.margin)


def grid(x: Array, side: int, channels: int) -> Array:
    """Cut [N, H, W, C] into tokens [N * H/side * W/side, side * side, C], windows in raster order.

    Like :func:`windows`, but with the channels last rows of a window stay in one piece: nothing but copies.
    """
    if isinstance(x, Tensor):
        n, h, w, c = x.shape
        return x.reshape(-1, side, w // side, side * c).transpose(1, 2).reshape(-1, side * side, c)
    graph = x.graph
    if x.margin:
        raise ValueError(f"a margin of {x.margin} is left around whole windows")
    columns = graph.node("Div", side_of(x, 2), graph.ints(side))
    cut = graph.node("Concat", graph.ints(-1, side), columns, graph.ints(side * channels), axis=0)
    return reshape(transpose(graph.node("Reshape", x, cut), 0, 2, 1, 3), -1, side * side, channels)


def ungrid(tokens: Array, side: int, channels: int, like: Array) -> Array:
    """Undo :func:`grid`; ``like`` is any [N, H, W, *] with the wanted batch and size."""
    if isinstance(tokens, Tensor):
        n, h, w, _ = like.shape
        return tokens.reshape(-1, w // side, side, side * channels).transpose(1, 2).reshape(n, h, w, channels)
    graph = tokens.graph
    width = side_of(like, 2)
    columns = graph.node("Div", width, graph.ints(side))
    cut = graph.node("Concat", graph.ints(-1), columns, graph.ints(side, side * channels), axis=0)
    whole = graph.node("Concat", side_of(like, 0), graph.ints(-1), width, graph.ints(channels), axis=0)
    return graph.node("Reshape", transpose(graph.node("Reshape", tokens, cut), 0, 2, 1, 3), whole)


def side_of(x: Value, axis: int) -> Value:
    """Return a graph value's side as a vector of one number."""
    return x.graph.node("Shape", x, margin=0, start=axis, end=axis + 1)


def ones(like: Array) -> Array:
    """Return 1 at every pixel, [N, H, W, 1], of [N, H, W, C]."""
    if isinstance(like, Tensor):
        return like.new_ones(*like.shape[:3], 1)
    graph = like.graph
    shape = graph.node("Concat", *(side_of(like, axis) for axis in range(3)), graph.ints(1), axis=0)
    return graph.node("Expand", 1.0, shape)


def surround(x: Array, width: int) -> Array:
    """Put zeros around [N, H, W, C]."""
    if isinstance(x, Tensor):
        return F.pad(x, (0, 0, width, width, width, width))
    return x.graph.node("Pad", x, x.graph.ints(0, width, width, 0, 0, width, width, 0))


def strip(x: Array, width: int) -> Array:
    """Undo :func:`surround`."""
    if isinstance(x, Tensor):
        return x[:, width:-width, width:-width]
    return x.graph.node("Slice", x, *(x.graph.ints(*ends) for ends in ((width, width), (-width, -width), (1, 2))))


def attention(q: Array, k: Array, v: Array, heads: int, scale: float, bias: Array | None = None, parts: int = 1) -> Array:
    """Return softmax(q k^T * scale + bias) v per head: q [N, T, C], k [N, S, C], v [N, S, D], bias [1, heads, T, S].

    Where a runtime holds all scores at once (on CPUs unless the fused form has no bias), a graph takes the queries in
    as many ``parts``.
    """
    if isinstance(q, Tensor):
        q, k, v = (t.unflatten(-1, (heads, -1)).transpose(1, 2) for t in (q, k, v))
        if q.is_cuda or not torch.is_grad_enabled():
            mask = None if bias is None else bias.to(q.dtype)
            depth = v.shape[-1]
            if q.is_cuda:
                # Its kernels that hold no scores want lengths of 8.
                q, k, v = (F.pad(t, (0, -t.shape[-1] % 8)) for t in (q, k, v))
            mixed = F.scaled_dot_product_attention(q, k, v, mask, scale=scale)[..., :depth]
        else:
            # In training on CPUs several times as fast as the fused form, which has no kernel for short bfloat16 rows.
            # Softmax stays in bfloat16: what follows is a product in bfloat16, and converting takes three times as long.
            with torch.autocast("cpu", enabled=False):
                q, k = (q * scale).to(v.dtype), k.to(v.dtype)
                if bias is None and k.shape[-2] < q.shape[-2]:
                    # Few keys: softmax across rows, not along them, where it is an eighth of the time.
                    mixed = (v.mT @ torch.softmax(k @ q.mT, -2)).mT
                else:
                    scores = q @ k.mT
                    mixed = torch.softmax(scores if bias is None else scores + bias.to(v.dtype), -1) @ v
        return mixed.transpose(1, 2).flatten(-2)
    graph = q.graph
    if parts > 1 and not (graph.fused and bias is None):
        queries = graph.nodes("Split", parts, q, axis=1)
        biases = [None] * parts if bias is None else graph.nodes("Split", parts, bias, axis=2)
        return concat(1, *(attention(part, k, v, heads, scale, own) for part, own in zip(queries, biases)))
    if graph.fused:
        return graph.node(
            "MultiHeadAttention", q, k, v, None, None, bias, domain="com.microsoft", num_heads=heads, scale=scale
        )
    q, k, v = (reshape(t, 0, 0, heads, -1) for t in (q, k, v))
    scores = graph.node("MatMul", transpose(q, 0, 2, 1, 3) * scale, transpose(k, 0, 2, 3, 1))
    if bias is not None:
        scores = scores + bias
    mixed = graph.node("MatMul", softmax(scores), transpose(v, 0, 2, 1, 3))
    return reshape(transpose(mixed, 0, 2, 1, 3), 0, 0, -1)


def window_attention(rows: Array, weight: Array, offset: Array, heads: int, tokens: int, bias: Array) -> Array:
    """Attention among those rows [N * tokens, C] that stand together; their queries, keys and values are
    ``rows @ weight + offset``, weight [C, 3*C]; bias [1, heads, tokens, tokens].
    """
    channels = weight.shape[0]
    depth = channels // heads

    def project(first: int, last: int) -> Array:
        made = linear(rows, columns(weight, first, last, rows), columns(offset, first, last, rows))
        return reshape(made, -1, tokens, last - first)

    if isinstance(rows, Tensor):
        q, k, v = (project(i * channels, (i + 1) * channels) for i in range(3))
        return attention(q, k, v, heads, depth**-0.5, bias).reshape(rows.shape)
    # Windows are so small that moving them costs as much as multiplying. Each head has products of its own, which come
    # out in the order in which they go on: three quarters of the time of a fused node, which moves them.
    graph = rows.graph
    mixed = []
    for head, own in enumerate(split(bias, 1, *[1] * heads)):
        q, k, v = (project(first, first + depth) for first in range(head * depth, 3 * channels, channels))
        scores = graph.node("MatMul", q, transpose(k, 0, 2, 1)) * depth**-0.5 + reshape(own, tokens, tokens)
        mixed.append(graph.node("MatMul", softmax(scores), v))
    return reshape(concat(2, *mixed), -1, channels)


def shared_attention(rows: Array, weight: Array, bias: Array, k: Array, v: Array, heads: int, channels: int) -> Array:
    """Attention of many tokens to the same few keys; the queries are ``rows @ weight + bias``.

    rows [pictures * N, C], weight [C, C], k and v [pictures, S, C].
    """
    depth = channels // heads
    if isinstance(rows, Tensor):
        q = linear(rows, weight, bias).reshape(k.shape[0], -1, channels)
        return attention(q, k, v, heads, depth**-0.5).reshape(rows.shape)
    # The keys are so few that they are multiplied into the query weights instead of forming queries, and the heads
    # so few that the values stand in one block-diagonal matrix: two plain products, and no token is moved.
    graph = rows.graph
    columns = transpose(reshape(k, -1, heads, depth), 1, 2, 0) * depth**-0.5
    keys = graph.node("MatMul", transpose(reshape(weight, -1, heads, depth), 1, 0, 2), columns)
    offset = graph.node("MatMul", reshape(bias, heads, 1, depth), columns)
    scores = linear(rows, reshape(transpose(keys, 1, 0, 2), channels, -1), reshape(offset, -1))
    shares = reshape(softmax(reshape(scores, 0, heads, -1)), 0, -1)
    own = np.kron(np.eye(heads, dtype=np.float32), np.ones(depth, dtype=np.float32)).reshape(heads, 1, channels)
    return graph.node("MatMul", shares, reshape(v * graph.constant(own), -1, channels))


def relative_bias(like: Array, table: Tensor, side: int, heads: int) -> Array:
    """Spread Swin's table [(2*side-1)^2, heads] over all pairs of a window's tokens: [1, heads, side^2, side^2].

    ``like`` only says whether a tensor or a graph value is wanted.
    """
    count = side * side
    if isinstance(like, Tensor):
        return table[_pairs(side, table.device).flatten()].T.reshape(1, heads, count, count)
    graph = like.graph
    pairs = graph.once(("pairs", side), lambda: _graph_pairs(graph, side))
    spread = graph.node("Gather", table, pairs, axis=0)
    return graph.node("Unsqueeze", transpose(spread, 2, 0, 1), graph.ints(0))


def _graph_pairs(graph: Graph, side: int) -> Value:
    """As :func:`_pairs`, computed when the file is opened: for windows of 32 a stored index would take 8 MB."""
    place = graph.node("Range", *(graph.constant(np.int64(n)) for n in (0, side * side, 1)))
    y = graph.node("Div", place, graph.ints(side))
    x = graph.node("Sub", place, graph.node("Mul", y, graph.ints(side)))
    down, right = (
        graph.node("Sub", graph.node("Unsqueeze", line, graph.ints(1)), graph.node("Unsqueeze", line, graph.ints(0)))
        for line in (y, x)
    )
    rows = graph.node("Mul", graph.node("Add", down, graph.ints(side - 1)), graph.ints(2 * side - 1))
    return graph.node("Add", rows, graph.node("Add", right, graph.ints(side - 1)))


@lru_cache
def _pairs(side: int, device: torch.device) -> Tensor:
    """Return the row of Swin's table for each pair of tokens, [side^2, side^2]."""
    # Kept for training even when evaluation asks first.
    with torch.inference_mode(False):
        place = torch.arange(side * side, device=device)
        y, x = place // side, place % side
        return (y[:, None] - y[None] + side - 1) * (2 * side - 1) + x[:, None] - x[None] + side - 1


def enlarge(x: Array, scale: int) -> Array:
    """Spread [N, 3*scale^2, H, W] to [N, 3, scale*H, scale*W]."""
    if isinstance(x, Tensor):
        return F.pixel_shuffle(x, scale)
    # Along rows and then down them, which moves one axis at a time: on the CPU a third of DepthToSpace's time.
    low, graph = trim(x, 0), x.graph
    size = graph.node("Shape", low, margin=0, start=2)
    rows = graph.node("Concat", graph.ints(-1, scale), graph.node("Mul", size, graph.ints(1, scale)), axis=0)
    whole = graph.node("Concat", graph.ints(-1, 3), graph.node("Mul", size, graph.ints(scale, scale)), axis=0)
    across = transpose(reshape(low, -1, scale, 0, 0), 0, 2, 3, 1)
    return graph.node("Reshape", transpose(graph.node("Reshape", across, rows), 0, 2, 1, 3), whole)


def trim(x: Array, margin: int) -> Array:
    """In a shrinking graph, drop what lies beyond the margin that is still needed."""
    return x if isinstance(x, Tensor) else x.graph.crop(x, min(x.margin, margin))


def bicubic_channels(x: Array, scale: int) -> Array:
    """Return sub-pixels [N, 3*scale^2, H, W] which, enlarged, are the bicubic picture (a = -0.75, borders repeated)."""
    if isinstance(x, Tensor):
        # No convolution, which training would round to bfloat16.
        return F.pixel_unshuffle(F.interpolate(x, scale_factor=scale, mode="bicubic"), scale)
    line = torch.zeros(scale, 5, dtype=torch.float64)
    for place in range(scale):
        source = (place + 0.5) / scale - 0.5
        for tap in range(-2, 3):
            line[place, tap + 2] = _cubic(abs(source - tap))
    kernels = torch.einsum("iy,jx->ijyx", line, line).reshape(1, scale**2, 1, 5, 5).expand(3, -1, -1, -1, -1)
    padded = x.graph.node("Pad", x, x.graph.ints(0, 0, 2, 2, 0, 0, 2, 2), mode="edge")
    return x.graph.node("Conv", padded, kernels.reshape(3 * scale**2, 1, 5, 5).float(), kernel_shape=[5, 5], group=3)


def _cubic(distance: float, a: float = -0.75) -> float:
    """Keys' kernel."""
    if distance <= 1:
        return ((a + 2) * distance - (a + 3)) * distance**2 + 1
    return a * (((distance - 5) * distance + 8) * distance - 4) if distance < 2 else 0.0


def repeat_channels(x: Array, times: int) -> Array:
    """Repeat each channel; enlarged, this is the nearest-neighbour picture."""
    if isinstance(x, Tensor):
        return x.repeat_interleave(times, 1)
    return x.graph.node("Gather", x, x.graph.constant(np.repeat(np.arange(3, dtype=np.int64), times)), axis=1)
