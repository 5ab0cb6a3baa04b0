package io.upflux.models.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.upflux.pipeline.StreamException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The one ONNX Runtime environment of a JVM, and its errors in one line. */
final class Ort {
    private static final int LONGEST = 300;
    private static final Pattern PREAMBLE =
            Pattern.compile("^Error code - [A-Z_]+ - message: |^Load model from .*? failed:"
                    + "|^Fatal error: |^/\\S+\\.(?:cc|h):[0-9]+ .*?\\[ONNXRuntimeError\\] : [0-9]+ : [A-Z_]+ : ");

    /** Where in its own source, and on which host, the runtime met an error of CUDA. */
    private static final Pattern WHEREABOUTS = Pattern.compile(" ; GPU=-?[0-9]+ ; hostname=.*");

    private static volatile @Nullable OrtEnvironment known;

    private Ort() {}

    /**
     * Loads the native library on first use. It is extracted to a temporary folder each time a JVM starts, unless the
     * system property {@code onnxruntime.native.path} names a folder that holds it.
     */
    static OrtEnvironment environment() {
        OrtEnvironment environment = known;
        if (environment != null) {
            return environment;
        }
        try {
            environment = OrtEnvironment.getEnvironment(GpuOptions.standard().log());
            known = environment;
            return environment;
        } catch (LinkageError e) {
            throw new StreamException(
                    "ONNX Runtime cannot be loaded on this machine: " + firstLine(e)
                            + "; see -Donnxruntime.native.path",
                    e);
        }
    }

    /** What the runtime complains of, without its preamble and in one line. */
    static String reason(OrtException e) {
        return reason(e.getMessage());
    }

    static String reason(@Nullable String message) {
        String text = message == null ? "no reason given" : message;
        for (Matcher m = PREAMBLE.matcher(text); m.find(); m = PREAMBLE.matcher(text)) {
            text = text.substring(m.end());
        }
        text = WHEREABOUTS
                .matcher(text.replaceAll("\\s+", " "))
                .replaceFirst("")
                .strip();
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
    }

    private static String firstLine(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return reason(root.getMessage());
    }
}
