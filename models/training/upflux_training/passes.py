"""The graphs a model consists of (see the model contract in docs/architecture.md)."""

from dataclasses import dataclass

import onnx
from onnx import TensorProto

from .adaformer import AdaFormer, Gathers
from .graph import Graph, StoredWeights, Value
from .network import Network

LR = ["batch", 3, "height", "width"]


@dataclass(frozen=True)
class Form:
    """How graphs are written."""

    fused: bool = True
    """Attention as one ``com.microsoft.MultiHeadAttention`` node."""
    half: bool = False
    """Arithmetic in float16."""


def passes(network: Network) -> list[str]:
    """Return the passes a network has graphs for, the main one first."""
    names = ["plain"] if network.local else ["key", "body"]
    if network.shrinks:
        names.append("windows")
    if network.blocks:
        names.append("halting")
    return names


def build(network: Network, kind: str, stored: StoredWeights | None = None, form: Form = Form()) -> onnx.ModelProto:
    """Return the graph of one pass; without ``stored``, its weights are held inline in float32."""
    graph = Graph(network, stored, valid=kind == "windows", fused=form.fused, half=form.half)
    low = graph.input("lr", LR, margin=margin(network) if kind == "windows" else 0)
    enlarged = ["batch", 3, *(f"{side}*{network.scale}" for side in LR[2:])]
    if kind == "windows":
        enlarged = ["batch", 3, "high", "wide"]
    if kind == "halting":
        picture, depth = network.halting_pass(low, graph.input("threshold", []))
        graph.output(picture, "hr", enlarged)
        graph.output(depth, "depth", ["batch", "rows", "columns"], TensorProto.INT32)
    elif network.local:
        graph.output(graph.crop(network(low), 0), "hr", enlarged)
    elif kind == "key":
        seen = network.look(low)
        graph.output(seen.picture, "hr", enlarged)
        graph.output(seen.context, "context", network.context_sides())
        if network.blocks:
            graph.output(_by_picture(seen.confidence, low, network), "confidence", ["batch", network.blocks - 1, "rows", "columns"])
    else:
        context = graph.input("context", network.context_sides())
        gathers = _gathers(graph, network) if network.blocks else None
        seen = network.local_pass(low, context, gathers) if gathers else network.local_pass(low, context)
        graph.output(graph.crop(seen.picture, 0), "hr", enlarged)
        if seen.confidence:
            graph.output(graph.node("Concat", *seen.confidence, axis=0), "confidence", ["judged"])
    return graph.model(kind)


def margin(network: Network) -> int:
    """Return the LR pixels that the shrinking graph consumes on each side.

    Found by building it: a margin that is too small, or does not end on the grid of windows, is an error there.
    """
    for candidate in range(128):
        graph = Graph(network, valid=True)
        low = graph.input("lr", LR, margin=candidate)
        try:
            if network.local:
                left = network(low).margin
            else:
                context = graph.input("context", network.context_sides())
                left = network.local_pass(low, context).picture.margin
        except ValueError:
            continue
        if left >= 0:
            return candidate
    raise ValueError("the network sees too far for a shrinking graph")


def _gathers(graph: Graph, network: AdaFormer) -> Gathers:
    rows = [graph.input(f"gather.{l}", [f"count.{l}"], TensorProto.INT64) for l in range(2, network.blocks + 1)]
    return Gathers(rows, graph.input("assemble", ["windows"], TensorProto.INT64))


def _by_picture(confidence: list[Value], low: Value, network: Network) -> Value:
    """Arrange per-block [windows] as [batch, blocks - 1, height/window, width/window]."""
    graph = low.graph
    shape = graph.node("Shape", low, margin=0)
    batch, height, width = (graph.node("Slice", shape, *(graph.ints(j) for j in (i, i + 1, 0))) for i in (0, 2, 3))
    sides = [graph.node("Div", side, graph.ints(network.window)) for side in (height, width)]
    maps = graph.node("Concat", batch, graph.ints(1), *sides, axis=0)
    return graph.node("Concat", *(graph.node("Reshape", c, maps, margin=0) for c in confidence), axis=1)
