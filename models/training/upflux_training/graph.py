"""ONNX graphs, written by running a network on graph values instead of tensors.

Networks are written in the operations of ``ops``, which work on tensors and on :class:`Value` alike; a forward pass
over values leaves the graph behind. The same definition so trains, evaluates and exports, and the graph is what
was meant: one node per operation, one Reshape-Transpose-Reshape per window partition, no shape bookkeeping.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

OPSET = 17
IR_VERSION = 8

Operand = "Value | Tensor | float | int"


@dataclass(frozen=True, eq=False)
class Value:
    """A tensor to be: the output of a node.

    ``margin`` counts the LR pixels on each side that are there only for later convolutions to consume. It is 0
    throughout graphs that pad; in graphs whose convolutions shrink it says what two operands have in common.
    """

    graph: Graph
    name: str
    margin: int = 0

    def __add__(self, other: Operand) -> Value:
        return self.graph.elementwise("Add", self, other)

    def __radd__(self, other: Operand) -> Value:
        return self.graph.elementwise("Add", other, self)

    def __sub__(self, other: Operand) -> Value:
        return self.graph.elementwise("Sub", self, other)

    def __mul__(self, other: Operand) -> Value:
        return self.graph.elementwise("Mul", self, other)

    def __rmul__(self, other: Operand) -> Value:
        return self.graph.elementwise("Mul", other, self)

    def __truediv__(self, other: Operand) -> Value:
        return self.graph.elementwise("Div", self, other)


@dataclass(frozen=True)
class StoredWeights:
    """Where each tensor of a weights file lies: the graph points there instead of holding a copy."""

    location: str
    places: dict[str, tuple[int, int]]
    """Byte offset and length by tensor name."""


class Graph:
    """A graph under construction.

    :param network: its parameters and buffers become the graph's weights, under their names
    :param stored: the weights file to point at; without it weights are held inline in float32
    :param valid: whether convolutions shrink (and inputs come with a margin) instead of padding with zeros
    :param fused: whether attention is one ``com.microsoft.MultiHeadAttention`` node or MatMul, Softmax, MatMul
    :param half: whether to compute in float16; inputs and outputs stay float32
    """

    def __init__(
        self,
        network: nn.Module,
        stored: StoredWeights | None = None,
        valid: bool = False,
        fused: bool = True,
        half: bool = False,
    ) -> None:
        self.valid = valid
        self.fused = fused
        self.half = half
        self.inside: Value | None = None
        """Of a graph whose convolutions shrink: 1 where there is picture, 0 beyond. None where nothing reaches beyond."""
        self._stored = stored
        self._names = {id(t): key for key, t in network.state_dict(keep_vars=True).items()}
        self._nodes: list[onnx.NodeProto] = []
        self._initialisers: list[onnx.TensorProto] = []
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []
        self._constants: dict[object, Value] = {}
        self._made: dict[object, list[Value]] = {}
        self._codes: dict[str, tuple[Value, float, int]] = {}
        self._count = 0

    def input(self, name: str, sides: Sequence[int | str], kind: int = TensorProto.FLOAT, margin: int = 0) -> Value:
        """Declare an input of the given sides; a name stands for a free side."""
        self._inputs.append(helper.make_tensor_value_info(name, kind, sides))
        value = Value(self, name, margin)
        if self.half and kind == TensorProto.FLOAT:
            value = self.node("Cast", value, to=TensorProto.FLOAT16)
        return value

    def output(self, value: Value, name: str, sides: Sequence[int | str], kind: int = TensorProto.FLOAT) -> None:
        """Declare an output."""
        if self.half and kind == TensorProto.FLOAT:
            value = self.node("Cast", value, to=TensorProto.FLOAT)
        self._nodes.append(helper.make_node("Identity", [value.name], [name]))
        self._outputs.append(helper.make_tensor_value_info(name, kind, sides))

    def model(self, name: str) -> onnx.ModelProto:
        """Return the finished model."""
        nodes = _without_identities(self._nodes)
        graph = helper.make_graph(nodes, name, self._inputs, self._outputs, self._initialisers)
        domains = {node.domain for node in nodes}
        opsets = [helper.make_opsetid("", OPSET)]
        if "com.microsoft" in domains:
            opsets.append(helper.make_opsetid("com.microsoft", 1))
        return helper.make_model(
            graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="upflux_training"
        )

    def node(self, kind: str, *inputs: Operand | None, margin: int | None = None, domain: str = "", **attributes) -> Value:
        """Add a node with one output; None leaves an optional input out."""
        return self.nodes(kind, 1, *inputs, margin=margin, domain=domain, **attributes)[0]

    def nodes(
        self, kind: str, count: int, *inputs: Operand | None, margin: int | None = None, domain: str = "", **attributes
    ) -> list[Value]:
        """Add a node with several outputs. They have the margin of the first input unless told otherwise."""
        operands = [None if i is None else self.value(i) for i in inputs]
        if margin is None:
            margin = operands[0].margin if operands and operands[0] is not None else 0
        given = ["" if o is None else o.name for o in operands]
        while given and not given[-1]:
            given.pop()
        # The same of the same is there already: shapes, folded weights, indices of biases.
        key = (kind, count, tuple(given), margin, domain, repr(sorted(attributes.items())))
        if key not in self._made:
            self._count += 1
            names = [f"{kind.lower()}_{self._count}" + (f"_{i}" if count > 1 else "") for i in range(count)]
            self._nodes.append(helper.make_node(kind, given, names, domain=domain, **attributes))
            self._made[key] = [Value(self, name, margin) for name in names]
        return self._made[key]

    def value(self, operand: Operand) -> Value:
        """Return the operand as a value: weights by name, other tensors and numbers inline."""
        if isinstance(operand, Value):
            return operand
        if isinstance(operand, Tensor):
            if id(operand) in self._names:
                return self._weight(self._names[id(operand)], operand)
            array = operand.detach().cpu().numpy()
        else:
            array = np.asarray(operand, dtype=np.float32)
        return self.constant(array)

    def constant(self, array: np.ndarray) -> Value:
        """Return a small constant held inline; equal ones are held once."""
        if array.dtype in (np.float32, np.float64):
            array = array.astype(np.float16 if self.half else np.float32)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._constants:
            name = f"constant_{len(self._constants)}"
            self._initialisers.append(numpy_helper.from_array(array, name))
            self._constants[key] = Value(self, name)
        return self._constants[key]

    def ints(self, *numbers: int) -> Value:
        """Return a vector of int64, as shapes and axes are given."""
        return self.constant(np.asarray(numbers, dtype=np.int64))

    def once(self, key: object, make: Callable[[], Value]) -> Value:
        """Return what was made under the key before, or make it: for what several layers share."""
        if key not in self._constants:
            self._constants[key] = make()
        return self._constants[key]

    def elementwise(self, kind: str, a: Operand, b: Operand) -> Value:
        """Add a node of two operands, cut to the margin they have in common."""
        first, second = self.value(a), self.value(b)
        if isinstance(a, Value) and isinstance(b, Value):
            margin = min(first.margin, second.margin)
            first, second = self.crop(first, margin), self.crop(second, margin)
        else:
            margin = max(first.margin, second.margin)
        return self.node(kind, first, second, margin=margin)

    def crop(self, value: Value, margin: int) -> Value:
        """Cut [N, C, H, W] down to a smaller margin."""
        cut = value.margin - margin
        if cut < 0:
            raise ValueError(f"{value.name} has a margin of {value.margin}, too little for {margin}")
        if cut == 0:
            return value
        return self.node(
            "Slice", value, self.ints(cut, cut), self.ints(-cut, -cut), self.ints(2, 3), margin=margin
        )

    def rounded(self, value: Value, step: float, zero: int) -> Value:
        """Round to the 256 numbers ``step * (code - zero)``; what is rounded to them already stays as it is."""
        if self._codes.get(value.name, ())[1:] == (step, zero):
            return value
        grid = self.constant(np.array(step, np.float32)), self.constant(np.array(zero, np.uint8))
        return self._decoded(self.node("QuantizeLinear", value, *grid), step, zero)

    def rounded_kernel(self, weight: Tensor, step: Tensor) -> Value:
        """Round each output channel of a kernel to multiples of its step, whole numbers of 8 bits with sign."""
        grid = self.constant(step.numpy()), self.constant(np.zeros(len(step), np.int8))
        codes = self.node("QuantizeLinear", self.value(weight), *grid, axis=0)
        return self.node("DequantizeLinear", codes, *grid, axis=0)

    def within(self, value: Value) -> Value:
        """Set to 0 what lies beyond the picture."""
        if value.name not in self._codes:
            return value * self.inside
        # On the codes, since runtimes compute in 8 bits only what nothing else stands between.
        codes, step, zero = self._codes[value.name]
        margin = min(codes.margin, self.inside.margin)
        inside = self.node("Cast", self.crop(self.inside, margin), to=TensorProto.BOOL)
        beyond = self.constant(np.array(zero, np.uint8))
        return self._decoded(self.node("Where", inside, self.crop(codes, margin), beyond), step, zero)

    def _decoded(self, codes: Value, step: float, zero: int) -> Value:
        grid = self.constant(np.array(step, np.float32)), self.constant(np.array(zero, np.uint8))
        value = self.node("DequantizeLinear", codes, *grid)
        self._codes[value.name] = codes, step, zero
        return value

    def _weight(self, key: str, tensor: Tensor) -> Value:
        if key in self._constants:
            return self._constants[key]
        if self._stored is None:
            array = tensor.detach().cpu().float().numpy()
            self._initialisers.append(numpy_helper.from_array(array.astype(np.float16 if self.half else np.float32), key))
            value = Value(self, key)
        else:
            offset, length = self._stored.places[key]
            proto = TensorProto(name=key, data_type=TensorProto.FLOAT16, dims=tensor.shape)
            proto.data_location = TensorProto.EXTERNAL
            for entry, content in (("location", self._stored.location), ("offset", offset), ("length", length)):
                proto.external_data.add(key=entry, value=str(content))
            self._initialisers.append(proto)
            value = Value(self, key)
            if not self.half:
                value = self.node("Cast", value, to=TensorProto.FLOAT)
        self._constants[key] = value
        return value


def _without_identities(nodes: list[onnx.NodeProto]) -> list[onnx.NodeProto]:
    """Name what a node makes as the graph's output directly, for whoever reads it."""
    makers = {name: node for node in nodes for name in node.output}
    outputs: dict[str, str] = {}
    kept = []
    for node in nodes:
        source = node.input[0] if node.op_type == "Identity" else None
        if source in makers and source not in outputs:
            outputs[source] = node.output[0]
        else:
            kept.append(node)
    for node in kept:
        for names in (node.input, node.output):
            names[:] = [outputs.get(name, name) for name in names]
    return kept
