package io.upflux.models;

import io.upflux.models.onnx.RuntimeBuild;
import java.util.List;

/**
 * The ONNX Runtime that is linked in.
 *
 * @param version such as {@code 1.29.0}
 * @param providers that the build has, which says nothing about whether this machine has what they need
 */
public record OnnxRuntimeBuild(String version, List<String> providers) {
    /**
     * Loads it.
     *
     * @throws io.upflux.pipeline.StreamException when it cannot be loaded on this machine
     */
    public static OnnxRuntimeBuild present() {
        return new OnnxRuntimeBuild(RuntimeBuild.version(), RuntimeBuild.providers());
    }
}
