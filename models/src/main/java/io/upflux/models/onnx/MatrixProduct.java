package io.upflux.models.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.upflux.buffer.Closer;
import io.upflux.models.tile.TileMemory;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The product of two square matrices of single precision, by the same runtime on the same threads as networks: what the
 * processor's cores can reach at most, for measurements to compare with. One thread at a time.
 */
public final class MatrixProduct implements AutoCloseable {
    /** One MatMul node, opset 17. */
    private static final String GRAPH = "product.onnx";

    private final Closer owned = new Closer();
    private final int side;
    private final OrtSession session;
    private final Map<String, OnnxTensor> inputs;
    private final Map<String, OnnxTensor> outputs;

    /**
     * @param side of the matrices
     * @param threads 0 for as many as there are cores
     */
    public MatrixProduct(int side, int threads) {
        this.side = side;
        try (SessionOptions options = new SessionOptions();
                InputStream graph = Objects.requireNonNull(MatrixProduct.class.getResourceAsStream(GRAPH), GRAPH)) {
            SessionFactory.forThreads(options, new Execution(Execution.Gpu.NEVER, 0, threads).threadsOrCores());
            TileMemory memory = owned.own(new TileMemory());
            session = Ort.environment().createSession(graph.readAllBytes(), options);
            owned.own(() -> close(session));
            inputs = Map.of("a", matrix(memory), "b", matrix(memory));
            outputs = Map.of("product", matrix(memory));
        } catch (OrtException | IOException e) {
            close();
            throw new StreamException("a product of matrices cannot be measured: " + e.getMessage(), e);
        } catch (RuntimeException | OutOfMemoryError e) {
            close();
            throw e;
        }
    }

    private OnnxTensor matrix(TileMemory memory) throws OrtException {
        long[] sides = {side, side};
        ByteBuffer values = memory.allocate(GRAPH, Float.BYTES, sides);
        for (int i = 0; i < side * side; i++) {
            values.putFloat(Float.BYTES * i, 1f / (1 + i % side));
        }
        return owned.own(OnnxTensor.createTensor(Ort.environment(), values, sides, OnnxJavaType.FLOAT));
    }

    private static void close(OrtSession session) {
        try {
            session.close();
        } catch (OrtException e) {
            throw new StreamException(Ort.reason(e), e);
        }
    }

    /** Multiplies once. */
    public void run() {
        try {
            session.run(inputs, Set.of(), outputs).close();
        } catch (OrtException e) {
            throw new StreamException("a product of matrices: " + Ort.reason(e), e);
        }
    }

    /** Multiplications and additions of one run. */
    public double operations() {
        return 2.0 * side * side * side;
    }

    @Override
    public void close() {
        owned.close();
    }
}
