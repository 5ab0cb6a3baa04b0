package io.upflux.models.onnx;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an ONNX file says about itself, read without a runtime.
 *
 * @param inputs of the graph, without the initialisers that old files list among them
 * @param parameters numbers in floating-point initialisers and constants
 * @param customOperators {@code domain:Type} of operators outside ONNX and {@code com.microsoft}
 * @param externalFiles where weights lie that are not in the file itself
 * @param halfArithmetic whether anything is cast to float16 on its way
 */
record OnnxGraph(
        Map<String, String> metadata,
        List<Tensor> inputs,
        List<Tensor> outputs,
        long parameters,
        boolean halfArithmetic,
        Set<String> customOperators,
        Set<String> externalFiles) {
    /**
     * An input or output.
     *
     * @param elementType of {@code TensorProto.DataType}; 0 when it is no tensor
     * @param sides empty when not {@code ranked}
     * @param ranked whether the file tells how many sides there are
     */
    record Tensor(String name, int elementType, List<Side> sides, boolean ranked) {}

    /**
     * One dimension.
     *
     * @param length -1 when free
     * @param symbol name of a free length, may be empty
     */
    record Side(long length, String symbol) {
        boolean fixed() {
            return length >= 0;
        }
    }
}
