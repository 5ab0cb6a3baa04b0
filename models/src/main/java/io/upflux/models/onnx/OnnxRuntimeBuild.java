package io.upflux.models.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import java.util.List;

/**
 * The ONNX Runtime that is linked in.
 *
 * @param version such as {@code 1.29.0}
 * @param providers that the build has, which says nothing about whether this machine has what they need
 */
public record OnnxRuntimeBuild(String version, List<String> providers) {
    /** @throws io.upflux.pipeline.StreamException when it cannot be loaded on this machine */
    public static OnnxRuntimeBuild present() {
        String version = Ort.environment().getVersion();
        List<String> providers = OrtEnvironment.getAvailableProviders().stream()
                .map(OrtProvider::getName)
                .map(name -> name.replace("ExecutionProvider", ""))
                .toList();
        return new OnnxRuntimeBuild(version, providers);
    }
}
