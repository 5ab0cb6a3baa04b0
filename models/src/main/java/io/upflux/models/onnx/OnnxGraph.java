package io.upflux.models.onnx;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an ONNX file says about itself, read without a runtime.
 *
 * @param inputs of the graph, without the initialisers that old files list among them
 * @param parameters numbers in floating-point initialisers and constants
 * @param customOperators {@code domain:Type} of operators outside ONNX and {@code com.microsoft}
 * @param externals weights that are not in the file itself
 * @param halfArithmetic whether anything is cast to float16 on its way
 * @param eightBits whether anything is rounded to 8 bits on its way
 */
record OnnxGraph(
        Map<String, String> metadata,
        List<Tensor> inputs,
        List<Tensor> outputs,
        long parameters,
        boolean halfArithmetic,
        boolean eightBits,
        Set<String> customOperators,
        List<External> externals) {
    /** Files that hold weights. */
    Set<String> externalFiles() {
        Set<String> files = new TreeSet<>();
        externals.forEach(external -> files.add(external.location()));
        return files;
    }

    /** @return the input of this name, null when there is none */
    @Nullable
    Tensor input(String name) {
        return named(inputs, name);
    }

    /** @return the output of this name, null when there is none */
    @Nullable
    Tensor output(String name) {
        return named(outputs, name);
    }

    private static @Nullable Tensor named(List<Tensor> tensors, String name) {
        return tensors.stream()
                .filter(tensor -> tensor.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /**
     * An input or output.
     *
     * @param elementType of {@code TensorProto.DataType}; 0 when it is no tensor
     * @param sides empty when not {@code ranked}
     * @param ranked whether the file tells how many sides there are
     */
    record Tensor(String name, int elementType, List<Side> sides, boolean ranked) {}

    /**
     * An initialiser whose values lie in another file.
     *
     * @param elementType of {@code TensorProto.DataType}
     * @param location path of the file, relative to the model's folder
     * @param offset of its first byte
     * @param length in bytes; -1 for all that follow
     */
    record External(String name, int elementType, List<Long> sides, String location, long offset, long length) {}

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
