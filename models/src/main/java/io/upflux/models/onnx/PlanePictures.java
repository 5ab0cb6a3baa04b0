package io.upflux.models.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.upflux.buffer.Closer;
import io.upflux.buffer.NativeScope;
import io.upflux.colour.ColourKernels;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import io.upflux.models.onnx.PlaneCoding.Side;
import io.upflux.models.tile.TileMemory;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.TilePlanes;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/** Pictures as planes of code values, and the numbers of their colour, for a {@link PlaneGraph}. */
final class PlanePictures implements Pictures {
    private static final FloatBuffer NO_SAMPLES = FloatBuffer.allocate(0);

    private final TileMemory memory;
    private final String label;
    private final PlaneCoding coding;
    private final ColourKernels kernels;
    private final Sheets small;
    private final Sheets large;
    private final ByteBuffer sums;
    private final TilePlanes planes;

    /**
     * @param memory that frees what is allocated
     * @param owner closes the frames, before that
     * @param from format of frames
     * @param to format of upscaled frames
     * @param white of the network
     */
    PlanePictures(
            TileMemory memory,
            Closer owner,
            String label,
            TileShape shape,
            int scale,
            FrameFormat from,
            FrameFormat to,
            float white) {
        this.memory = memory;
        this.label = label;
        this.coding = PlaneCoding.of(from, to, scale);
        this.kernels = ColourKernels.of(from, to, white);
        NativeScope scope = owner.own(new NativeScope());
        int height = from.height();
        this.small = new Sheets(coding.from(), tile(from, height, shape.width(), shape.height()), shape.batch());
        this.large =
                new Sheets(coding.to(), tile(to, height, shape.width() * scale, shape.height() * scale), shape.batch());
        this.sums = memory.allocate(label, Float.BYTES, shape.batch());
        this.planes = new TilePlanes(small.frames(scope, owner), large.frames(scope, owner), sums.asFloatBuffer());
    }

    /** A tile is no higher than what its matrix is assumed by. */
    private static FrameFormat tile(FrameFormat format, int matrixHeight, int width, int height) {
        return format.withSize(width, height)
                .withLayout(format.layout().withAlpha(false))
                .withColour(format.colour().withMatrix(format.colour().effectiveMatrix(matrixHeight)));
    }

    /** Luma of all pictures, and chroma of all. */
    private final class Sheets {
        private final Side side;
        private final FrameFormat format;
        private final ByteBuffer luma;
        private final ByteBuffer chroma;
        private final int batch;

        Sheets(Side side, FrameFormat format, int batch) {
            this.side = side;
            this.format = format;
            this.batch = batch;
            int bytes = format.layout().bytesPerSample();
            this.luma = memory.allocate(label, bytes, side.luma(batch, format.width(), format.height()));
            this.chroma = memory.allocate(label, bytes, side.chroma(batch, format.width(), format.height()));
        }

        List<VideoFrame> frames(NativeScope scope, Closer owner) {
            List<VideoFrame> frames = new ArrayList<>();
            for (int item = 0; item < batch; item++) {
                List<Plane> views = List.of(
                        plane(luma, item, batch, 0),
                        plane(chroma, 2 * item, 2 * batch, 1),
                        plane(chroma, 2 * item + 1, 2 * batch, 2));
                frames.add(owner.own(new VideoFrame(format, views, scope.adopt(luma, () -> {}), VideoFrame.NO_PTS, 0)));
            }
            return frames;
        }

        private Plane plane(ByteBuffer all, int index, int count, int plane) {
            int bytes = all.capacity() / count;
            int width = format.planeWidth(plane);
            return new Plane(
                    all.slice(index * bytes, bytes).order(all.order()),
                    width * format.layout().bytesPerSample(),
                    width,
                    format.planeHeight(plane));
        }

        OnnxTensor luma(int first, int count) throws OrtException {
            return tensor(luma, first, count, side.luma(count, format.width(), format.height()));
        }

        OnnxTensor chroma(int first, int count) throws OrtException {
            return tensor(chroma, first, count, side.chroma(count, format.width(), format.height()));
        }

        private OnnxTensor tensor(ByteBuffer all, int first, int count, long[] sides) throws OrtException {
            return PlanePictures.tensor(all, all.capacity() / batch, first, count, sides, side.type());
        }
    }

    private static OnnxTensor tensor(ByteBuffer all, int bytes, int first, int count, long[] sides, OnnxJavaType type)
            throws OrtException {
        ByteBuffer part = all.slice(first * bytes, count * bytes).order(all.order());
        return OnnxTensor.createTensor(Ort.environment(), part, sides, type);
    }

    @Override
    public PlaneCoding coding() {
        return coding;
    }

    @Override
    public void addTo(Ends ends, int first, int count, Closer owner) throws OrtException {
        ends.inputs().put(PlaneGraph.LUMA, owner.own(small.luma(first, count)));
        ends.inputs().put(PlaneGraph.CHROMA, owner.own(small.chroma(first, count)));
        ends.outputs().put(PlaneGraph.LARGE_LUMA, owner.own(large.luma(first, count)));
        ends.outputs().put(PlaneGraph.LARGE_CHROMA, owner.own(large.chroma(first, count)));
        ends.outputs()
                .put(
                        PlaneGraph.SUMS,
                        owner.own(tensor(sums, Float.BYTES, first, count, new long[] {count}, OnnxJavaType.FLOAT)));
        ColourKernels.Reading reading = kernels.reading();
        ColourKernels.Writing writing = kernels.writing();
        float offset = writing.chromaBias();
        number(ends, PlaneGraph.LUMA_GAIN, owner, reading.lumaGain());
        number(ends, PlaneGraph.MIDDLE, owner, reading.middle());
        number(ends, PlaneGraph.MOST, owner, writing.maxCode());
        numbers(ends, PlaneGraph.WEIGHTS, owner, reading.weights(), kernel(reading.bias().length, 2, reading.taps()));
        numbers(ends, PlaneGraph.BIAS, owner, reading.bias(), reading.bias().length);
        numbers(ends, PlaneGraph.LUMA_MIX, owner, writing.lumaWeights(), 1, 3, 1, 1);
        numbers(ends, PlaneGraph.LUMA_OFFSET, owner, new float[] {writing.lumaBias()}, 1);
        numbers(ends, PlaneGraph.CHROMA_MIX, owner, writing.chromaWeights(), kernel(2, 3, writing.taps()));
        numbers(ends, PlaneGraph.CHROMA_OFFSET, owner, new float[] {offset, offset}, 2);
    }

    private static long[] kernel(long outputs, long inputs, ColourKernels.Taps taps) {
        return new long[] {outputs, inputs, taps.down(), taps.across()};
    }

    private void number(Ends ends, String name, Closer owner, float value) throws OrtException {
        numbers(ends, name, owner, new float[] {value});
    }

    private void numbers(Ends ends, String name, Closer owner, float[] values, long... sides) throws OrtException {
        ByteBuffer bytes = memory.allocate(label, Float.BYTES, values.length);
        bytes.asFloatBuffer().put(0, values);
        ends.inputs()
                .put(name, owner.own(OnnxTensor.createTensor(Ort.environment(), bytes, sides, OnnxJavaType.FLOAT)));
    }

    @Override
    public FloatBuffer input() {
        return NO_SAMPLES;
    }

    @Override
    public FloatBuffer output() {
        return NO_SAMPLES;
    }

    @Override
    public TilePlanes planes() {
        return planes;
    }
}
