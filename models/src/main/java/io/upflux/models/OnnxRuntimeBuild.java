package io.upflux.models;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import io.upflux.pipeline.StreamException;
import java.util.List;

/**
 * The ONNX Runtime that is linked in.
 *
 * @param version such as {@code 1.29.0}
 * @param providers that the build has, which says nothing about whether this machine has what they need
 */
public record OnnxRuntimeBuild(String version, List<String> providers) {
    /** @throws StreamException when it cannot be loaded on this machine */
    public static OnnxRuntimeBuild present() {
        try {
            return new OnnxRuntimeBuild(
                    OrtEnvironment.getEnvironment().getVersion(),
                    OrtEnvironment.getAvailableProviders().stream()
                            .map(OrtProvider::getName)
                            .map(name -> name.replace("ExecutionProvider", ""))
                            .toList());
        } catch (LinkageError e) {
            throw new StreamException("ONNX Runtime cannot be loaded: " + e.getMessage(), e);
        }
    }
}
