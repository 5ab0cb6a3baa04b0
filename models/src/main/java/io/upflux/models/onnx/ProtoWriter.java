package io.upflux.models.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes the fields of one Protocol Buffers message. */
final class ProtoWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    ProtoWriter number(int field, long value) {
        varint((long) field << 3 | ProtoReader.VARINT);
        varint(value);
        return this;
    }

    ProtoWriter bytes(int field, byte[] content) {
        varint((long) field << 3 | ProtoReader.LENGTH_DELIMITED);
        varint(content.length);
        out.writeBytes(content);
        return this;
    }

    ProtoWriter text(int field, String content) {
        return bytes(field, content.getBytes(StandardCharsets.UTF_8));
    }

    ProtoWriter message(int field, ProtoWriter content) {
        return bytes(field, content.toBytes());
    }

    /** The field that the reader stands at, as it is. */
    ProtoWriter copy(ProtoReader from) {
        return raw(from.raw());
    }

    /** Whole fields. */
    ProtoWriter raw(ByteBuffer fields) {
        byte[] all = new byte[fields.remaining()];
        fields.get(all);
        out.writeBytes(all);
        return this;
    }

    byte[] toBytes() {
        return out.toByteArray();
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
