package io.upflux.models.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.upflux.models.tile.TileMemory;
import io.upflux.pipeline.SuperResolver.TileShape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Runs a model on small pictures of varying size, without regard to speed. */
final class ProbeSession implements AutoCloseable {
    private final OrtSession session;
    private final PassGraph pass;
    private final GraphCheck graph;
    private final Provider provider;
    private float @Nullable [] context;

    ProbeSession(OrtSession session, PassGraph pass, Provider provider) {
        this.session = session;
        this.pass = pass;
        this.graph = pass.picture();
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

    /** What a body graph is to be given from now on; zeros before. */
    void context(float[] values) {
        context = values;
    }

    /** What a key graph sees in a picture of float32 samples. */
    float[] look(Picture picture) throws OrtException {
        long[] sides = {1, picture.channels(), picture.height(), picture.width()};
        String wanted = Objects.requireNonNull(pass.context(), "context").name();
        try (OnnxTensor input = OnnxTensor.createTensor(Ort.environment(), FloatBuffer.wrap(picture.samples()), sides);
                OrtSession.Result result = session.run(Map.of(graph.input().name(), input), Set.of(wanted))) {
            FloatBuffer seen = ((OnnxTensor) result.get(0)).getFloatBuffer();
            float[] values = new float[seen.remaining()];
            seen.get(values);
            return values;
        }
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
        TileShape tile = new TileShape((int) shape[0], (int) shape[3], (int) shape[2]);
        try (OnnxTensor input = OnnxTensor.createTensor(Ort.environment(), bytes, shape, type);
                SideInputs side = new SideInputs(pass, tile)) {
            side.threshold(Float.POSITIVE_INFINITY);
            if (context != null) {
                side.context(context);
            }
            Map<String, OnnxTensor> inputs = new HashMap<>(side.tensors());
            inputs.put(graph.input().name(), input);
            return run(inputs);
        }
    }

    private Picture run(Map<String, OnnxTensor> inputs) throws OrtException {
        try (OrtSession.Result result =
                session.run(inputs, Set.of(graph.output().name()))) {
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
