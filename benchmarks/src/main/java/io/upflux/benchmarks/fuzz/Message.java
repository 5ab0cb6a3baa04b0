package io.upflux.benchmarks.fuzz;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Messages of an ONNX file, and the numbers that {@code onnx.proto} gives to fields of them that are messages, too. */
enum Message {
    SIDE(Map.of()),
    SHAPE(Map.of(1, SIDE)),
    TENSOR_TYPE(Map.of(2, SHAPE)),
    TYPE(Map.of(1, TENSOR_TYPE)),
    VALUE(Map.of(2, TYPE)),
    ENTRY(Map.of()),
    /** Field 13 says where its values lie, if in another file. */
    TENSOR(Map.of(13, ENTRY)),
    ATTRIBUTE(Map.of(5, TENSOR)),
    NODE(Map.of(5, ATTRIBUTE)),
    GRAPH(Map.of(1, NODE, 5, TENSOR, 11, VALUE, 12, VALUE, 13, VALUE)),
    OPSET(Map.of()),
    /** Field 14 is its metadata. */
    MODEL(Map.of(7, GRAPH, 8, OPSET, 14, ENTRY));

    private final Map<Integer, Message> fields;

    Message(Map<Integer, Message> fields) {
        this.fields = fields;
    }

    /** What a field holds; null when no message. */
    @Nullable
    Message at(int field) {
        return fields.get(field);
    }
}
