package io.upflux.models.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import io.upflux.models.tile.TileMemory;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.TileBatch;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One batch and the tensors over its memory. A float32 network of white 1 reads and writes the caller's samples in
 * place; any other has memory of its own kind in between.
 */
final class OnnxBatch implements TileBatch {
    private final TileShape shape;
    private final ShapeSessions sessions;
    private final OrtSession session;
    private final float white;
    private final boolean halfInput;
    private final boolean halfOutput;
    private final TileMemory memory = new TileMemory();
    private final FloatBuffer input;
    private final FloatBuffer output;
    private final ByteBuffer fed;
    private final ByteBuffer made;
    private final Map<String, OnnxTensor> inputs;
    private final Map<String, OnnxTensor> outputs;
    private boolean closed;

    OnnxBatch(ShapeSessions sessions, GraphCheck graph, Contract contract, String label, TileShape shape) {
        this.shape = shape;
        this.sessions = sessions;
        this.white = contract.range().white();
        this.halfInput = graph.half();
        this.halfOutput = graph.halfOutput();
        long channels = contract.format().channels();
        long scale = contract.scale();
        long[] from = {shape.batch(), channels, shape.height(), shape.width()};
        long[] to = {shape.batch(), channels, scale * shape.height(), scale * shape.width()};
        this.session = sessions.acquire(shape);
        OnnxTensor in = null;
        try {
            ByteBuffer samples = memory.allocate(label, Float.BYTES, from);
            ByteBuffer result = memory.allocate(label, Float.BYTES, to);
            boolean feedsItself = !halfInput && white == 1;
            boolean makesItself = !halfOutput && white == 1;
            input = samples.asFloatBuffer();
            output = result.asFloatBuffer();
            fed = feedsItself ? samples : memory.allocate(label, halfInput ? Short.BYTES : Float.BYTES, from);
            made = makesItself ? result : memory.allocate(label, halfOutput ? Short.BYTES : Float.BYTES, to);
            in = OnnxTensor.createTensor(Ort.environment(), fed, from, type(halfInput));
            OnnxTensor out = OnnxTensor.createTensor(Ort.environment(), made, to, type(halfOutput));
            inputs = Map.of(graph.input().name(), in);
            outputs = Map.of(graph.output().name(), out);
        } catch (OrtException e) {
            undo(in, memory, sessions, shape);
            throw new StreamException(label + ": " + Ort.reason(e), e);
        } catch (RuntimeException | OutOfMemoryError e) {
            undo(in, memory, sessions, shape);
            throw e;
        }
    }

    private static void undo(@Nullable OnnxTensor in, TileMemory memory, ShapeSessions sessions, TileShape shape) {
        if (in != null) {
            in.close();
        }
        memory.close();
        sessions.release(shape);
    }

    /** One thread at a time. */
    void run(RunOptions options) throws OrtException {
        int count = input.capacity();
        if (halfInput) {
            HalfFloats.narrow(input, fed.asShortBuffer(), count, white);
        } else if (white != 1) {
            HalfFloats.scale(input, fed.asFloatBuffer(), count, white);
        }
        session.run(inputs, Set.of(), outputs, options).close();
        if (halfOutput) {
            HalfFloats.widen(made.asShortBuffer(), output, output.capacity(), 1 / white);
        } else if (white != 1) {
            HalfFloats.scale(made.asFloatBuffer(), output, output.capacity(), 1 / white);
        }
    }

    @Override
    public TileShape shape() {
        return shape;
    }

    @Override
    public FloatBuffer input() {
        return input;
    }

    @Override
    public FloatBuffer output() {
        return output;
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        inputs.values().forEach(OnnxTensor::close);
        outputs.values().forEach(OnnxTensor::close);
        memory.close();
        sessions.release(shape);
    }

    private static OnnxJavaType type(boolean half) {
        return half ? OnnxJavaType.FLOAT16 : OnnxJavaType.FLOAT;
    }
}
