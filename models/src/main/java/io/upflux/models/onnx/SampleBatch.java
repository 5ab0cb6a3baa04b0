package io.upflux.models.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import io.upflux.models.onnx.ShapeSessions.Form;
import io.upflux.models.tile.TileMemory;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.TileBatch;
import io.upflux.tile.TilePlan;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Tiles of one picture from which a key graph makes its context; the enlarged tiles are thrown away. */
final class SampleBatch implements TileBatch {
    /** Tiles of a batch of samples. More see more of the picture, for their price on every picture. */
    private static final int TILES = 8;

    /** Sides of each in LR pixels, where the picture is not smaller. */
    private static final int SIDE = 64;

    private final ShapeSessions sessions;
    private final TileShape shape;
    private final TileMemory memory;
    private final PictureSamples from;
    private final OnnxTensor input;
    private final OrtSession session;
    private final String context;
    private boolean closed;

    SampleBatch(ShapeSessions sessions, Contract contract, String label, TileShape shape) {
        this.sessions = sessions;
        this.shape = shape;
        this.memory = sessions.memory();
        PassGraph key = sessions.graph();
        this.context = Objects.requireNonNull(key.context(), "context").name();
        this.session = sessions.acquire(Form.ofSamples(shape));
        long[] sides = {shape.batch(), contract.format().channels(), shape.height(), shape.width()};
        try {
            from = new PictureSamples(
                    memory, label, sides, key.picture().half(), contract.range().white());
            input = from.tensor(0, shape.batch());
        } catch (OrtException e) {
            undo();
            throw new StreamException(label + ": " + Ort.reason(e), e);
        } catch (RuntimeException | OutOfMemoryError e) {
            undo();
            throw e;
        }
    }

    /** Of pictures of a size. */
    static TileShape shape(int frameWidth, int frameHeight, int align) {
        return new TileShape(TILES, side(frameWidth, align), side(frameHeight, align));
    }

    private static int side(int frame, int align) {
        return TilePlan.roundUp(Math.min(frame, SIDE), align);
    }

    /** One thread at a time. */
    float[] look(RunOptions options) throws OrtException {
        from.feed();
        String name = sessions.graph().picture().input().name();
        try (OrtSession.Result result = session.run(Map.of(name, input), Set.of(context), options)) {
            FloatBuffer seen = ((OnnxTensor) result.get(0)).getFloatBuffer();
            float[] values = new float[seen.remaining()];
            seen.get(values);
            return values;
        }
    }

    @Override
    public TileShape shape() {
        return shape;
    }

    @Override
    public FloatBuffer input() {
        return from.samples();
    }

    /** Of no capacity: nobody wants these tiles enlarged. */
    @Override
    public FloatBuffer output() {
        return FloatBuffer.allocate(0);
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        input.close();
        undo();
    }

    private void undo() {
        memory.close();
        sessions.release(Form.ofSamples(shape));
    }
}
