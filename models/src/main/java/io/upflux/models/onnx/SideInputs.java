package io.upflux.models.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.upflux.models.tile.TileMemory;
import io.upflux.pipeline.SuperResolver.TileShape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a graph is fed with beside pictures: context, threshold, and lists that let every window pass all blocks. */
final class SideInputs implements AutoCloseable {
    private final TileMemory memory = new TileMemory();
    private final Map<String, OnnxTensor> tensors = new HashMap<>();
    private final String label;
    private @Nullable FloatBuffer context;
    private @Nullable FloatBuffer threshold;

    SideInputs(PassGraph graph, TileShape shape) throws OrtException {
        this.label = graph.label();
        try {
            if (graph.context() != null && graph.pass() != Pass.KEY) {
                context = floats(graph.context().name(), graph.contextSides());
            }
            if (graph.pass() == Pass.HALTING) {
                threshold = floats(PassGraph.THRESHOLD);
            }
            if (graph.takesLists()) {
                int windows = graph.windows(shape.batch(), shape.width(), shape.height());
                HaltingPlan plan = HaltingPlan.dense(windows, graph.blocks());
                for (int block = 2; block <= graph.blocks(); block++) {
                    longs(graph.gather().get(block - 2), plan.gather(block));
                }
                longs(PassGraph.ASSEMBLE, plan.assemble());
            }
        } catch (OrtException | RuntimeException | OutOfMemoryError e) {
            close();
            throw e;
        }
    }

    Map<String, OnnxTensor> tensors() {
        return tensors;
    }

    /** Ignored by graphs that want none. */
    void context(float[] values) {
        if (context != null) {
            context.put(0, values);
        }
    }

    /** Ignored by graphs that want none. */
    void threshold(float value) {
        if (threshold != null) {
            threshold.put(0, value);
        }
    }

    private FloatBuffer floats(String name, long... sides) throws OrtException {
        ByteBuffer bytes = memory.allocate(label, Float.BYTES, sides);
        tensors.put(name, OnnxTensor.createTensor(Ort.environment(), bytes, sides, OnnxJavaType.FLOAT));
        return bytes.asFloatBuffer();
    }

    private void longs(String name, long[] values) throws OrtException {
        long[] sides = {values.length};
        ByteBuffer bytes = memory.allocate(label, Long.BYTES, sides);
        bytes.asLongBuffer().put(values);
        tensors.put(name, OnnxTensor.createTensor(Ort.environment(), bytes, sides, OnnxJavaType.INT64));
    }

    @Override
    public void close() {
        tensors.values().forEach(OnnxTensor::close);
        tensors.clear();
        memory.close();
    }
}
