package io.upflux.models.onnx;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Walks over the fields of one Protocol Buffers message without a schema: just enough to see what an ONNX file says
 * about itself before a runtime is asked to load it.
 */
final class ProtoReader {
    static final int VARINT = 0;
    static final int LENGTH_DELIMITED = 2;

    private final ByteBuffer bytes;
    private int start;
    private int field;
    private int wireType;
    private long number;
    private ByteBuffer content;

    ProtoReader(ByteBuffer bytes) {
        this.bytes = bytes.slice();
        this.content = this.bytes.slice(0, 0);
    }

    /** The bytes are no message, or end in the middle of one. */
    static final class Malformed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message);
        }
    }

    /** Steps to the next field; false at the end. */
    boolean next() {
        if (!bytes.hasRemaining()) {
            return false;
        }
        start = bytes.position();
        long tag = readVarint();
        field = (int) (tag >>> 3);
        wireType = (int) (tag & 7);
        if (field == 0) {
            throw new Malformed("field number 0");
        }
        switch (wireType) {
            case VARINT -> number = readVarint();
            case 1 -> skip(8);
            case LENGTH_DELIMITED -> content = take(readVarint());
            case 5 -> skip(4);
            default -> throw new Malformed("wire type " + wireType);
        }
        return true;
    }

    int field() {
        return field;
    }

    long number() {
        require(VARINT);
        return number;
    }

    ProtoReader message() {
        require(LENGTH_DELIMITED);
        return new ProtoReader(content);
    }

    /** The content. */
    ByteBuffer bytes() {
        require(LENGTH_DELIMITED);
        return content.slice();
    }

    /** The whole field, with its number. */
    ByteBuffer raw() {
        return bytes.slice(start, bytes.position() - start);
    }

    String text() {
        require(LENGTH_DELIMITED);
        return StandardCharsets.UTF_8.decode(content.slice()).toString();
    }

    /** Adds the numbers of a repeated integer field, be it packed or not. */
    void numbers(List<Long> to) {
        if (wireType == VARINT) {
            to.add(number);
            return;
        }
        require(LENGTH_DELIMITED);
        ProtoReader packed = new ProtoReader(content);
        while (packed.bytes.hasRemaining()) {
            to.add(packed.readVarint());
        }
    }

    private void require(int type) {
        if (wireType != type) {
            throw new Malformed("field " + field + " has wire type " + wireType);
        }
    }

    private long readVarint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (!bytes.hasRemaining()) {
                throw new Malformed("ends within a number");
            }
            byte b = bytes.get();
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new Malformed("number too long");
    }

    private ByteBuffer take(long length) {
        if (length < 0 || length > bytes.remaining()) {
            throw new Malformed("ends within field " + field);
        }
        ByteBuffer part = bytes.slice(bytes.position(), (int) length);
        bytes.position(bytes.position() + (int) length);
        return part;
    }

    private void skip(int count) {
        take(count);
    }
}
