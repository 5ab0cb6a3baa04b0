package io.upflux.models.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.upflux.buffer.Closer;
import io.upflux.buffer.NativeScope;
import io.upflux.colour.ColourKernels;
import io.upflux.colour.ColourKernels.Taps;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import io.upflux.models.onnx.PlaneCoding.Side;
import io.upflux.models.tile.TileMemory;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.TilePlanes;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Pictures as planes of code values, and the numbers of their colour, for a {@link PlaneGraph}. */
final class PlanePictures implements Pictures {
    private static final FloatBuffer NO_SAMPLES = FloatBuffer.allocate(0);

    private final Allocation memory;
    private final PlaneCoding coding;
    private final Map<String, OnnxTensor> numbers = new HashMap<>();
    private final Sheets small;
    private final Sheets large;
    private final ByteBuffer sums;
    private final TilePlanes planes;

    /** Allocates tensors. */
    @FunctionalInterface
    private interface Allocation {
        ByteBuffer allocate(int bytesPerSample, long... sides);
    }

    /**
     * @param memory that frees what is allocated
     * @param owner closes the rest, before that
     * @param from format of frames
     * @param to format of upscaled frames
     */
    PlanePictures(
            TileMemory memory,
            Closer owner,
            String label,
            TileShape shape,
            Contract contract,
            FrameFormat from,
            FrameFormat to) {
        int scale = contract.scale();
        int height = from.height();
        this.memory = (bytesPerSample, sides) -> memory.allocate(label, bytesPerSample, sides);
        this.coding = PlaneCoding.of(from, to, scale);
        this.small = new Sheets(coding.from(), tile(from, height, shape.width(), shape.height()), shape.batch());
        this.large =
                new Sheets(coding.to(), tile(to, height, scale * shape.width(), scale * shape.height()), shape.batch());
        this.sums = this.memory.allocate(Float.BYTES, shape.batch());
        NativeScope scope = owner.own(new NativeScope());
        this.planes = new TilePlanes(small.frames(scope, owner), large.frames(scope, owner), sums.asFloatBuffer());
        try {
            numbers(ColourKernels.of(from, to, contract.range().white()), owner);
        } catch (OrtException e) {
            throw new StreamException(label + ": " + Ort.reason(e), e);
        }
    }

    /** A tile states the matrix that is assumed by the frame's height. */
    private static FrameFormat tile(FrameFormat format, int matrixHeight, int width, int height) {
        return format.withSize(width, height)
                .withLayout(format.layout().withAlpha(false))
                .withColour(format.colour().withMatrix(format.colour().effectiveMatrix(matrixHeight)));
    }

    /** Luma of all pictures, and chroma of all. */
    private final class Sheets {
        private final Side side;
        private final FrameFormat format;
        private final int batch;
        private final ByteBuffer luma;
        private final ByteBuffer chroma;

        Sheets(Side side, FrameFormat format, int batch) {
            this.side = side;
            this.format = format;
            this.batch = batch;
            int bytes = format.layout().bytesPerSample();
            this.luma = memory.allocate(bytes, side.luma(batch, format.width(), format.height()));
            this.chroma = memory.allocate(bytes, side.chroma(batch, format.width(), format.height()));
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
            return part(luma, batch, first, side.type(), side.luma(count, format.width(), format.height()));
        }

        OnnxTensor chroma(int first, int count) throws OrtException {
            return part(chroma, batch, first, side.type(), side.chroma(count, format.width(), format.height()));
        }
    }

    /** Of some consecutive pictures. @param sides whose first one is how many these are */
    private static OnnxTensor part(ByteBuffer all, int batch, int first, OnnxJavaType type, long... sides)
            throws OrtException {
        int bytes = all.capacity() / batch;
        ByteBuffer part = all.slice(first * bytes, (int) sides[0] * bytes).order(all.order());
        return OnnxTensor.createTensor(Ort.environment(), part, sides, type);
    }

    private void numbers(ColourKernels kernels, Closer owner) throws OrtException {
        ColourKernels.Reading reading = kernels.reading();
        ColourKernels.Writing writing = kernels.writing();
        int outputs = reading.bias().length;
        Taps up = reading.taps();
        Taps down = writing.taps();
        add(owner, PlaneGraph.LUMA_GAIN, reading.lumaGain());
        add(owner, PlaneGraph.MIDDLE, reading.middle());
        add(owner, PlaneGraph.MOST, writing.maxCode());
        add(owner, PlaneGraph.WEIGHTS, reading.weights(), outputs, 2, up.down(), up.across());
        add(owner, PlaneGraph.BIAS, reading.bias(), outputs);
        add(owner, PlaneGraph.LUMA_MIX, writing.lumaWeights(), 1, 3, 1, 1);
        add(owner, PlaneGraph.LUMA_OFFSET, new float[] {writing.lumaBias()}, 1);
        add(owner, PlaneGraph.CHROMA_MIX, writing.chromaWeights(), 2, 3, down.down(), down.across());
        add(owner, PlaneGraph.CHROMA_OFFSET, new float[] {writing.chromaBias(), writing.chromaBias()}, 2);
    }

    private void add(Closer owner, String name, float value) throws OrtException {
        add(owner, name, new float[] {value});
    }

    private void add(Closer owner, String name, float[] values, long... sides) throws OrtException {
        numbers.put(name, owner.own(OnnxTensor.createTensor(Ort.environment(), FloatBuffer.wrap(values), sides)));
    }

    @Override
    public PlaneCoding coding() {
        return coding;
    }

    @Override
    public void addTo(Ends ends, int first, int count, Closer owner) throws OrtException {
        ends.inputs().putAll(numbers);
        ends.inputs().put(PlaneGraph.LUMA, owner.own(small.luma(first, count)));
        ends.inputs().put(PlaneGraph.CHROMA, owner.own(small.chroma(first, count)));
        ends.outputs().put(PlaneGraph.LARGE_LUMA, owner.own(large.luma(first, count)));
        ends.outputs().put(PlaneGraph.LARGE_CHROMA, owner.own(large.chroma(first, count)));
        OnnxTensor part = part(sums, sums.capacity() / Float.BYTES, first, OnnxJavaType.FLOAT, count);
        ends.outputs().put(PlaneGraph.SUMS, owner.own(part));
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
