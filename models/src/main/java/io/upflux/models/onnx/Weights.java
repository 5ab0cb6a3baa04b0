package io.upflux.models.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.upflux.models.onnx.OnnxGraph.External;
import io.upflux.models.tile.TileMemory;
import io.upflux.pipeline.StreamException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The weights file that all graphs of a model share, in native memory once. A model that does not tell which weights it was made for
 * has none of this: the runtime finds its files in its folder. To be closed after the sessions, which may refer to it.
 */
final class Weights implements AutoCloseable {
    private static final int FLOAT = 1;
    private static final int FLOAT16 = 10;

    private final TileMemory memory = new TileMemory();
    private final String label;
    private final @Nullable ByteBuffer bytes;

    /** @param bytes null when the runtime is to read the file, or there is none */
    Weights(String label, byte @Nullable [] bytes) {
        this.label = label;
        if (bytes == null) {
            this.bytes = null;
        } else {
            this.bytes = memory.allocate(label, Byte.BYTES, bytes.length);
            this.bytes.put(0, bytes);
        }
    }

    /** Whether a graph needs no file for its weights. */
    boolean cover(OnnxGraph graph) {
        return bytes != null || graph.externals().isEmpty();
    }

    /** The graph's share of the weights, for {@link SessionOptions}; to be closed once the session is made. */
    Initialisers of(OnnxGraph graph) throws OrtException {
        Map<String, OnnxTensor> tensors = new HashMap<>();
        if (bytes == null) {
            return new Initialisers(tensors);
        }
        try {
            for (External external : graph.externals()) {
                long[] sides =
                        external.sides().stream().mapToLong(Long::longValue).toArray();
                OnnxJavaType type = type(external);
                tensors.put(
                        external.name(),
                        OnnxTensor.createTensor(Ort.environment(), values(bytes, external, type), sides, type));
            }
            return new Initialisers(tensors);
        } catch (OrtException | RuntimeException e) {
            tensors.values().forEach(OnnxTensor::close);
            throw e;
        }
    }

    record Initialisers(Map<String, OnnxTensor> tensors) implements AutoCloseable {
        void addTo(SessionOptions options) throws OrtException {
            if (!tensors.isEmpty()) {
                Map<String, OnnxTensorLike> all = new HashMap<>(tensors);
                options.addExternalInitializers(all);
            }
        }

        @Override
        public void close() {
            tensors.values().forEach(OnnxTensor::close);
        }
    }

    private OnnxJavaType type(External external) {
        return switch (external.elementType()) {
            case FLOAT -> OnnxJavaType.FLOAT;
            case FLOAT16 -> OnnxJavaType.FLOAT16;
            default ->
                throw new StreamException(label + ": holds '" + external.name()
                        + "' as something else than float16 or float32; export the model with one of these");
        };
    }

    private ByteBuffer values(ByteBuffer all, External external, OnnxJavaType type) {
        long length = type.size * external.sides().stream().reduce(1L, Math::multiplyExact);
        boolean asSaid = external.length() < 0 || external.length() == length;
        if (!asSaid || external.offset() > all.capacity() - length) {
            throw new StreamException(label + ": does not hold '" + external.name() + "' of " + length
                    + " bytes where the model says; the two files do not belong together, or one is truncated");
        }
        return all.slice((int) external.offset(), (int) length).order(ByteOrder.nativeOrder());
    }

    @Override
    public void close() {
        memory.close();
    }
}
