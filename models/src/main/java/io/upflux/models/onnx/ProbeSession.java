package io.upflux.models.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.upflux.models.tile.TileMemory;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Map;

/** Runs a model on small pictures of varying size, without regard to speed. */
final class ProbeSession implements AutoCloseable {
    private final OrtSession session;
    private final GraphCheck graph;
    private final Provider provider;

    ProbeSession(OrtSession session, GraphCheck graph, Provider provider) {
        this.session = session;
        this.graph = graph;
        this.provider = provider;
    }

    /** Planar samples with their dimensions. */
    static final class Picture {
        private final float[] samples;
        private final int channels;
        private final int width;
        private final int height;

        Picture(float[] samples, int channels, int width, int height) {
            this.samples = samples;
            this.channels = channels;
            this.width = width;
            this.height = height;
        }

        float[] samples() {
            return samples;
        }

        int channels() {
            return channels;
        }

        int width() {
            return width;
        }

        int height() {
            return height;
        }

        static Picture of(int channels, int width, int height) {
            return new Picture(new float[channels * width * height], channels, width, height);
        }
    }

    Provider provider() {
        return provider;
    }

    /**
     * The first picture of the result.
     *
     * @throws OrtException when the model refuses such an input or returns no picture
     */
    Picture run(Picture picture) throws OrtException {
        int batch = Math.max(1, graph.batch());
        int count = picture.samples().length;
        long[] shape = {batch, picture.channels(), picture.height(), picture.width()};
        try (TileMemory memory = new TileMemory()) {
            ByteBuffer bytes = memory.allocate("a probe picture", graph.half() ? Short.BYTES : Float.BYTES, shape);
            FloatBuffer wide = graph.half() ? FloatBuffer.allocate(batch * count) : bytes.asFloatBuffer();
            for (int i = 0; i < batch; i++) {
                wide.put(i * count, picture.samples());
            }
            if (graph.half()) {
                HalfFloats.narrow(wide, bytes.asShortBuffer(), batch * count, 1);
            }
            return run(bytes, shape);
        }
    }

    private Picture run(ByteBuffer bytes, long[] shape) throws OrtException {
        OnnxJavaType type = graph.half() ? OnnxJavaType.FLOAT16 : OnnxJavaType.FLOAT;
        try (OnnxTensor input = OnnxTensor.createTensor(Ort.environment(), bytes, shape, type);
                OrtSession.Result result = session.run(Map.of(graph.input().name(), input))) {
            OnnxValue value = result.get(0);
            if (!(value instanceof OnnxTensor output) || !(value.getInfo() instanceof TensorInfo info)) {
                throw new OrtException("its output is no tensor");
            }
            long[] made = info.getShape();
            if (made.length != 4) {
                throw new OrtException("its output has " + made.length + " dimensions, not 4");
            }
            FloatBuffer first = FloatBuffer.allocate((int) (made[1] * made[2] * made[3]));
            if (info.type == OnnxJavaType.FLOAT16) {
                // Not getFloatBuffer: it would leave direct memory to the garbage collector.
                HalfFloats.widen(output.getShortBuffer(), first, first.capacity(), 1);
            } else {
                first.put(0, output.getFloatBuffer(), 0, first.capacity());
            }
            return new Picture(first.array(), (int) made[1], (int) made[3], (int) made[2]);
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
