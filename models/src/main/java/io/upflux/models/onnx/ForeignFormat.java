package io.upflux.models.onnx;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Recognises what people hand over instead of an ONNX file, so that the message can say what it is. */
final class ForeignFormat {
    private ForeignFormat() {}

    /** What the file is, for people; null when it may be ONNX. */
    static @Nullable String of(ByteBuffer bytes) {
        byte[] start = new byte[Math.min(64, bytes.remaining())];
        bytes.duplicate().get(start);
        String text = new String(start, StandardCharsets.ISO_8859_1);
        if (start.length == 0) {
            return "an empty file";
        }
        if (text.startsWith("version https://git-lfs")) {
            return "a Git LFS pointer (run git lfs pull)";
        }
        if (text.startsWith("PK\3\4")) {
            return "a zip archive or PyTorch checkpoint (.pth, .pt)";
        }
        // Pickle protocols 2 to 5.
        if (start[0] == (byte) 0x80 && start.length > 1 && start[1] >= 2 && start[1] <= 5) {
            return "a Python pickle or PyTorch checkpoint (.pth, .pt)";
        }
        if (text.startsWith("TFL3", 4)) {
            return "a TensorFlow Lite model";
        }
        if (text.startsWith("\u0089HDF")) {
            return "an HDF5 (Keras) file";
        }
        if (text.startsWith("7767517")) {
            return "an ncnn model";
        }
        // An ONNX file starts with its version, a number; a frozen TensorFlow graph with a node, a message.
        if (start[0] == 0x0a && !printable(text)) {
            return "a TensorFlow graph (.pb)";
        }
        return printable(text) ? "a text file" : null;
    }

    private static boolean printable(String text) {
        return text.chars().allMatch(c -> (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\r' || c == '\t' || c >= 0x80);
    }
}
