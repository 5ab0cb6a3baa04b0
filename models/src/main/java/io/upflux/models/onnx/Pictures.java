package io.upflux.models.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.upflux.buffer.Closer;
import io.upflux.pipeline.TilePlanes;
import java.nio.FloatBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a batch is filled with and what comes out, in the memory of a graph's tensors. */
interface Pictures {
    /** How the graph must have been rewritten for them; null for not at all. */
    @Nullable
    PlaneCoding coding();

    /** Adds the tensors of some consecutive pictures, which {@code owner} closes. */
    void addTo(Ends ends, int first, int count, Closer owner) throws OrtException;

    /** Where tensors go. */
    record Ends(GraphCheck graph, Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs) {}

    /** From the caller's form to the graph's. */
    default void feed() {}

    /** From the graph's form to the caller's. */
    default void collect() {}

    /** Of {@link io.upflux.pipeline.TileBatch}, as the others. */
    FloatBuffer input();

    FloatBuffer output();

    @Nullable
    TilePlanes planes();
}
