package io.upflux.models.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes small ONNX files byte by byte, so that tests need neither Python nor binary fixtures. */
public final class OnnxBuilder {
    public static final int FLOAT = 1;
    public static final int UINT8 = 2;
    public static final int INT32 = 6;
    public static final int INT64 = 7;
    public static final int BOOL = 9;
    public static final int FLOAT16 = 10;

    private final ByteArrayOutputStream graph = new ByteArrayOutputStream();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final ByteArrayOutputStream opsets = new ByteArrayOutputStream();

    public OnnxBuilder() {
        opset("", 17);
    }

    public OnnxBuilder opset(String domain, int version) {
        Message opset = new Message();
        if (!domain.isEmpty()) {
            opset.text(1, domain);
        }
        opsets.writeBytes(new Message().message(8, opset.number(2, version)).bytes());
        return this;
    }

    /** Sides are lengths (Number), or names of free sides (String), which may be empty. */
    public OnnxBuilder input(String name, int type, Object... sides) {
        graph.writeBytes(new Message().message(11, value(name, type, sides)).bytes());
        return this;
    }

    public OnnxBuilder output(String name, int type, Object... sides) {
        graph.writeBytes(new Message().message(12, value(name, type, sides)).bytes());
        return this;
    }

    /** Attributes by name: a Number (integer), a String, a long[], or another builder, of whose graph it is. */
    public OnnxBuilder node(String type, String inputs, String output, Map<String, Object> attributes) {
        return node("", type, inputs, output, attributes);
    }

    public OnnxBuilder node(String domain, String type, String inputs, String output, Map<String, Object> attributes) {
        Message node = new Message();
        for (String input : inputs.split(" ", -1)) {
            node.text(1, input);
        }
        node.text(2, output).text(4, type);
        attributes.forEach((name, value) -> node.message(5, attribute(name, value)));
        if (!domain.isEmpty()) {
            node.text(7, domain);
        }
        graph.writeBytes(new Message().message(1, node).bytes());
        return this;
    }

    public OnnxBuilder floats(String name, float[] values, long... sides) {
        ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        return initialiser(name, FLOAT, raw.array(), sides);
    }

    public OnnxBuilder halves(String name, float[] values, long... sides) {
        ByteBuffer raw = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            raw.putShort(HalfFloats.fromFloat(value));
        }
        return initialiser(name, FLOAT16, raw.array(), sides);
    }

    public OnnxBuilder longs(String name, long... values) {
        ByteBuffer raw = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asLongBuffer().put(values);
        return initialiser(name, INT64, raw.array(), values.length);
    }

    /** An initialiser whose values lie in another file. */
    public OnnxBuilder external(String name, String location, long... sides) {
        Message tensor = tensor(name, FLOAT, sides).message(13, place("location", location));
        graph.writeBytes(new Message().message(5, tensor.number(14, 1)).bytes());
        return this;
    }

    /** The same with all that can be said of the place. */
    public OnnxBuilder external(String name, int type, String location, long offset, long length, long... sides) {
        Message tensor = tensor(name, type, sides)
                .message(13, place("location", location))
                .message(13, place("offset", Long.toString(offset)))
                .message(13, place("length", Long.toString(length)));
        graph.writeBytes(new Message().message(5, tensor.number(14, 1)).bytes());
        return this;
    }

    public OnnxBuilder metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    public OnnxBuilder without(String key) {
        metadata.remove(key);
        return this;
    }

    public byte[] build() {
        Message model = new Message().number(1, 8);
        model.message(7, new Message().raw(graph.toByteArray()).text(2, "test"));
        model.raw(opsets.toByteArray());
        metadata.forEach(
                (key, value) -> model.message(14, new Message().text(1, key).text(2, value)));
        return model.bytes();
    }

    private static Message place(String key, String value) {
        return new Message().text(1, key).text(2, value);
    }

    private OnnxBuilder initialiser(String name, int type, byte[] raw, long... sides) {
        graph.writeBytes(
                new Message().message(5, tensor(name, type, sides).data(9, raw)).bytes());
        return this;
    }

    private static Message tensor(String name, int type, long... sides) {
        Message tensor = new Message();
        for (long side : sides) {
            tensor.number(1, side);
        }
        return tensor.number(2, type).text(8, name);
    }

    private static Message value(String name, int type, Object... sides) {
        Message shape = new Message();
        for (Object side : sides) {
            Message dimension = new Message();
            if (side instanceof Number length) {
                dimension.number(1, length.longValue());
            } else if (side instanceof String symbol && !symbol.isEmpty()) {
                dimension.text(2, symbol);
            }
            shape.message(1, dimension);
        }
        Message tensor = new Message().number(1, type).message(2, shape);
        return new Message().text(1, name).message(2, new Message().message(1, tensor));
    }

    private static Message attribute(String name, Object value) {
        Message attribute = new Message().text(1, name);
        if (value instanceof Number number) {
            return attribute.number(3, number.longValue()).number(20, 2);
        }
        if (value instanceof String text) {
            return attribute.text(4, text).number(20, 3);
        }
        if (value instanceof OnnxBuilder body) {
            return attribute
                    .message(6, new Message().raw(body.graph.toByteArray()))
                    .number(20, 5);
        }
        for (long element : (long[]) value) {
            attribute.number(8, element);
        }
        return attribute.number(20, 7);
    }

    /** One Protocol Buffers message in the making. */
    private static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message number(int field, long value) {
            varint(field << 3);
            varint(value);
            return this;
        }

        Message text(int field, String value) {
            return data(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message value) {
            return data(field, value.bytes());
        }

        Message data(int field, byte[] value) {
            varint((field << 3) | 2);
            varint(value.length);
            return raw(value);
        }

        Message raw(byte[] bytes) {
            out.writeBytes(bytes);
            return this;
        }

        byte[] bytes() {
            return out.toByteArray();
        }

        private void varint(long value) {
            long rest = value;
            while ((rest & ~0x7fL) != 0) {
                out.write((int) ((rest & 0x7f) | 0x80));
                rest >>>= 7;
            }
            out.write((int) rest);
        }
    }
}
