package io.upflux.models.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import java.util.List;

/** What the ONNX Runtime that is linked in says of itself. */
public final class RuntimeBuild {
    private RuntimeBuild() {}

    /**
     * Its version, such as {@code 1.29.0}.
     *
     * @throws io.upflux.pipeline.StreamException when it cannot be loaded on this machine
     */
    public static String version() {
        return Ort.environment().getVersion();
    }

    /**
     * The execution providers that were built in, whether or not this machine has what they need.
     *
     * @throws io.upflux.pipeline.StreamException when it cannot be loaded on this machine
     */
    public static List<String> providers() {
        Ort.environment();
        return OrtEnvironment.getAvailableProviders().stream()
                .map(OrtProvider::getName)
                .map(name -> name.replace("ExecutionProvider", ""))
                .toList();
    }
}
