package io.upflux.models.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.upflux.models.tile.TileMemory;
import io.upflux.pipeline.SuperResolver.TileShape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a graph is fed with beside pictures: context, threshold, and the lists of windows that pass each block. */
final class SideInputs implements AutoCloseable {
    private final TileMemory memory = new TileMemory();
    private final Map<String, OnnxTensor> tensors = new HashMap<>();
    private final List<OnnxTensor> owned = new ArrayList<>();
    private final List<RowList> lists = new ArrayList<>();
    private final String label;
    private final int blocks;
    private final byte[] depths;
    private @Nullable HaltingPlan plan;
    private @Nullable FloatBuffer context;
    private @Nullable FloatBuffer threshold;

    /**
     * Lets every window pass all blocks.
     *
     * @param shape of the input, margin included
     */
    SideInputs(PassGraph graph, TileShape shape) throws OrtException {
        this.label = graph.label();
        this.blocks = graph.blocks();
        this.depths = new byte[graph.takesLists() ? graph.windows(shape.batch(), shape.width(), shape.height()) : 0];
        try {
            if (graph.context() != null && !graph.pass().looks()) {
                context = floats(graph.context().name(), graph.contextSides());
            }
            if (graph.pass() == Pass.HALTING) {
                threshold = floats(PassGraph.THRESHOLD);
            }
            if (graph.takesLists()) {
                for (String name : graph.gather()) {
                    lists.add(new RowList(name, depths.length));
                }
                lists.add(new RowList(PassGraph.ASSEMBLE, depths.length));
                dense();
            }
        } catch (OrtException | RuntimeException | OutOfMemoryError e) {
            close();
            throw e;
        }
    }

    /** Changes with {@link #depths}. */
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

    /** Lets every window pass all blocks. Ignored by graphs that want no lists. */
    void dense() throws OrtException {
        byte[] all = new byte[depths.length];
        Arrays.fill(all, (byte) blocks);
        depths(all);
    }

    /**
     * Lets every window pass as many blocks as its depth says. Ignored by graphs that want no lists.
     *
     * @param wanted 1 to the number of blocks; as many as there are windows
     */
    void depths(byte[] wanted) throws OrtException {
        if (lists.isEmpty() || Arrays.equals(wanted, depths)) {
            return;
        }
        if (wanted.length != depths.length) {
            throw new IllegalArgumentException(wanted.length + " depths for " + depths.length + " windows");
        }
        HaltingPlan made = HaltingPlan.of(wanted, blocks);
        for (int block = 2; block <= blocks; block++) {
            lists.get(block - 2).put(made.gather(block));
        }
        lists.get(blocks - 1).put(made.assemble());
        System.arraycopy(wanted, 0, depths, 0, wanted.length);
        plan = made;
    }

    /** Of each window, how many blocks it needs by the confidences of the run that was fed with this. */
    byte[] judge(float[] confidences, float at) {
        return Objects.requireNonNull(plan, "a graph that takes lists").judge(depths, confidences, at);
    }

    private FloatBuffer floats(String name, long... sides) throws OrtException {
        ByteBuffer bytes = memory.allocate(label, Float.BYTES, sides);
        tensors.put(name, own(OnnxTensor.createTensor(Ort.environment(), bytes, sides, OnnxJavaType.FLOAT)));
        return bytes.asFloatBuffer();
    }

    private OnnxTensor own(OnnxTensor tensor) {
        owned.add(tensor);
        return tensor;
    }

    /** Memory for as many rows as there are windows, and a tensor for each length that has occurred. */
    private final class RowList {
        private final String name;
        private final ByteBuffer rows;
        private final Map<Integer, OnnxTensor> lengths = new HashMap<>();

        RowList(String name, int most) {
            this.name = name;
            this.rows = memory.allocate(label, Long.BYTES, most);
        }

        void put(long[] values) throws OrtException {
            OnnxTensor tensor = lengths.get(values.length);
            if (tensor == null) {
                ByteBuffer part = rows.slice(0, Long.BYTES * values.length).order(rows.order());
                long[] sides = {values.length};
                tensor = own(OnnxTensor.createTensor(Ort.environment(), part, sides, OnnxJavaType.INT64));
                lengths.put(values.length, tensor);
            }
            rows.asLongBuffer().put(0, values);
            tensors.put(name, tensor);
        }
    }

    @Override
    public void close() {
        owned.forEach(OnnxTensor::close);
        owned.clear();
        memory.close();
    }
}
