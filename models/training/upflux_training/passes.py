"""The graphs a model consists of (see the model contract in docs/architecture.md)."""

from collections.abc import Callable
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
    if network.staged:
        names += ["features", "edge-features"]
    if network.shrinks:
        names.append("windows")
    if network.staged:
        names.append("edge-windows")
    if network.blocks:
        names.append("halting")
    return names


def build(network: Network, kind: str, stored: StoredWeights | None = None, form: Form = Form()) -> onnx.ModelProto:
    """Return the graph of one pass; without ``stored``, its weights are held inline in float32."""
    name, at_edge, kind = kind, kind.startswith("edge-"), kind.removeprefix("edge-")
    shrinks = kind in ("features", "windows")
    graph = Graph(network, stored, valid=shrinks, fused=form.fused, half=form.half)
    low = graph.input("lr", LR, margin=margin(network, kind) if shrinks else 0)
    if at_edge:
        graph.inside = graph.input("inside", ["batch", 1, "inner", "across"], margin=around(network, kind))
    enlarged = ["batch", 3, *(f"{side}*{network.scale}" for side in LR[2:])]
    if kind == "windows":
        enlarged = ["batch", 3, "high", "wide"]
    if kind == "halting":
        seen, depth = network.halting_pass(low, graph.input("threshold", []))
        graph.output(seen.picture, "hr", enlarged)
        if network.staged:
            graph.output(seen.context, "context", network.context_sides())
            graph.output(seen.features, "features", _features(network, *LR[2:]))
        graph.output(depth, "depth", ["batch", "rows", "columns"], TensorProto.INT32)
    elif kind == "windows" and network.staged:
        features = graph.input("features", _features(network, "down", "across"), margin=reach(network))
        graph.output(graph.crop(network.second_stage(low, features), 0), "hr", enlarged)
    elif kind == "features" and network.local:
        graph.output(network.first_stage(low), "features", _features(network, "high", "wide"))
    elif network.local:
        seen = network.look(low)
        graph.output(graph.crop(seen.picture, 0), "hr", enlarged)
        if network.staged:
            graph.output(seen.features, "features", _features(network, *LR[2:]))
    elif kind == "key":
        seen = network.look(low)
        graph.output(seen.picture, "hr", enlarged)
        graph.output(seen.context, "context", network.context_sides())
        if network.blocks:
            graph.output(_by_picture(seen.confidence, low, network), "confidence", ["batch", network.blocks - 1, "rows", "columns"])
        if network.staged:
            graph.output(seen.features, "features", _features(network, *LR[2:]))
    else:
        context = graph.input("context", network.context_sides())
        gathers = [_gathers(graph, network)] if network.blocks else []
        if kind == "features":
            features, confidence = network.first_stage(low, context, *gathers)
            graph.output(features, "features", _features(network, "high", "wide"))
        else:
            seen = network.local_pass(low, context, *gathers)
            confidence = seen.confidence
            graph.output(graph.crop(seen.picture, 0), "hr", enlarged)
            if network.staged:
                graph.output(seen.features, "features", _features(network, *LR[2:]))
        if confidence:
            graph.output(graph.node("Concat", *confidence, axis=0), "confidence", ["judged"])
    return graph.model(name)


def margin(network: Network, kind: str = "windows") -> int:
    """Return the LR pixels that a shrinking graph, ``features`` or ``windows``, consumes on each side."""
    if kind == "features":
        return _least(lambda lr: _first_stage(network, _shrinking(network, lr)).margin)
    if network.staged:
        return _least(lambda lr: _second_stage(network, lr, reach(network)))
    return _least(lambda lr: network(_shrinking(network, lr)).margin)


def around(network: Network, kind: str) -> int:
    """Return the LR pixels around what a shrinking graph makes of which it is told whether there is picture."""
    return max(margin(network, kind), reach(network)) if kind == "windows" else margin(network, kind)


def reach(network: Network) -> int:
    """Return the pixels of features that the second stage of a staged network consumes on each side."""
    return _least(lambda features: _second_stage(network, _FAR, features))


_FAR = 128


def _least(left: Callable[[int], int]) -> int:
    """Return the least margin that suffices: one that is too small is an error while the graph is built."""
    for candidate in range(_FAR):
        try:
            if left(candidate) >= 0:
                return candidate
        except ValueError:
            continue
    raise ValueError("the network sees too far for a shrinking graph")


def _shrinking(network: Network, candidate: int) -> Value:
    return Graph(network, valid=True).input("lr", LR, margin=candidate)


def _first_stage(network: Network, low: Value) -> Value:
    return network.first_stage(low) if network.local else network.encode(low).tokens


def _second_stage(network: Network, lr: int, features: int) -> int:
    low = _shrinking(network, lr)
    given = low.graph.input("features", _features(network, "down", "across"), margin=features)
    return network.second_stage(low, given).margin


def _features(network: Network, height: str, width: str) -> list[int | str]:
    return ["batch", height, width, network.channels]


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
