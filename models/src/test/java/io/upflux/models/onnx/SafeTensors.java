package io.upflux.models.onnx;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads the float32 and uint8 tensors of a safetensors file. */
final class SafeTensors {
    private final ByteBuffer bytes;
    private final JsonNode header;
    private final int data;

    SafeTensors(byte[] file) throws IOException {
        bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int length = (int) bytes.getLong(0);
        header = new ObjectMapper().readTree(new String(file, Long.BYTES, length, StandardCharsets.UTF_8));
        data = Long.BYTES + length;
    }

    boolean has(String name) {
        return header.has(name);
    }

    int side(String name, int index) {
        return header.get(name).get("shape").get(index).asInt();
    }

    float[] read(String name) {
        JsonNode tensor = header.get(name);
        int from = data + tensor.get("data_offsets").get(0).asInt();
        int length = tensor.get("data_offsets").get(1).asInt() + data - from;
        boolean bytesOnly = tensor.get("dtype").asText().equals("U8");
        float[] values = new float[bytesOnly ? length : length / Float.BYTES];
        for (int i = 0; i < values.length; i++) {
            values[i] = bytesOnly ? (bytes.get(from + i) & 0xff) / 255f : bytes.getFloat(from + Float.BYTES * i);
        }
        return values;
    }
}
