package io.upflux.models.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;

/** What a graph that takes lists of windows says of those that it computed. */
final class Confidences {
    private Confidences() {}

    /** A number for each row of each block but the last. */
    static float[] of(OrtSession.Result result) {
        OnnxTensor tensor = (OnnxTensor) result.get(PassGraph.CONFIDENCE)
                .orElseThrow(() -> new IllegalStateException("confidences were not asked for"));
        FloatBuffer values = tensor.getFloatBuffer();
        float[] confidences = new float[values.remaining()];
        values.get(confidences);
        return confidences;
    }
}
