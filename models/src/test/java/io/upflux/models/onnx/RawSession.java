package io.upflux.models.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One graph of a model, fed by hand. */
final class RawSession implements AutoCloseable {
    private final PassGraph graph;
    private final OrtSession session;

    RawSession(ModelGraphs graphs, Pass pass, Weights weights) throws OrtException {
        this.graph = Objects.requireNonNull(graphs.get(pass));
        this.session = new SessionFactory(graph, weights, 2).anyShape(Provider.CPU);
    }

    PassGraph graph() {
        return graph;
    }

    /** @param context null where the graph takes none */
    float[] run(Planes picture, float @Nullable [] context, long[][] gather, long[] assemble, String wanted)
            throws OrtException {
        Map<String, OnnxTensorLike> inputs = new HashMap<>();
        try {
            inputs.put("lr", floats(picture.samples(), 1, 3, picture.height(), picture.width()));
            if (context != null) {
                inputs.put(Objects.requireNonNull(graph.context()).name(), floats(context, graph.contextSides()));
            }
            for (int block = 2; block - 2 < gather.length; block++) {
                inputs.put(graph.gather().get(block - 2), longs(gather[block - 2]));
            }
            if (graph.takesLists()) {
                inputs.put("assemble", longs(assemble));
            }
            try (OrtSession.Result result = session.run(inputs, Set.of(wanted))) {
                return ((OnnxTensor) result.get(0)).getFloatBuffer().array();
            }
        } finally {
            inputs.values().forEach(OnnxTensorLike::close);
        }
    }

    /** A graph that takes no lists. */
    float[] run(Planes picture, float @Nullable [] context, String wanted) throws OrtException {
        return run(picture, context, new long[0][], new long[0], wanted);
    }

    /** A graph that takes lists, if it does. */
    float[] run(Planes picture, float @Nullable [] context, HaltingPlan plan) throws OrtException {
        if (!graph.takesLists()) {
            return run(picture, context, "hr");
        }
        long[][] gather = new long[graph.blocks() - 1][];
        for (int block = 2; block <= graph.blocks(); block++) {
            gather[block - 2] = plan.gather(block);
        }
        return run(picture, context, gather, plan.assemble(), "hr");
    }

    private static OnnxTensor floats(float[] values, long... sides) throws OrtException {
        return OnnxTensor.createTensor(Ort.environment(), FloatBuffer.wrap(values), sides);
    }

    private static OnnxTensor longs(long[] values) throws OrtException {
        return OnnxTensor.createTensor(Ort.environment(), LongBuffer.wrap(values), new long[] {values.length});
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
