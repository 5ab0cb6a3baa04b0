package io.upflux.models.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import io.upflux.models.onnx.ShapeSessions.Form;
import io.upflux.models.tile.TileMemory;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver.TileShape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One of two stages over the memory of a batch: of the first, whole windows whose features it makes; of the last,
 * rectangles that it enlarges, given their features.
 */
final class StageBatch implements AutoCloseable {
    private final StageSessions sessions;
    private final TileShape shape;
    private final TileShape taken;
    private final int margin;
    private final int reach;
    private final TileMemory memory;
    private final PictureSamples from;
    private final FloatBuffer features;
    private final @Nullable PictureSamples to;
    private final int around;
    private final boolean[] atEdge;
    private int filled;
    private final OrtSession session;
    private final Map<String, OnnxTensor> inputs = new HashMap<>();
    private final Map<String, OnnxTensor> outputs = new HashMap<>();
    private @Nullable OrtSession edgeSession;
    private @Nullable OnnxTensor told;
    private @Nullable FloatBuffer inside;
    private @Nullable SideInputs side;
    private float @Nullable [] held;
    private boolean closed;

    /** @param shape of the rectangles themselves, of the first stage whole windows */
    StageBatch(StageSessions sessions, Contract contract, String label, TileShape shape) {
        PassGraph graph = sessions.graph();
        boolean last = graph.pass().enlargesWindows();
        this.sessions = sessions;
        this.memory = sessions.inside().memory();
        this.shape = shape;
        this.margin = graph.margin();
        this.reach = graph.reach();
        this.taken = new TileShape(shape.batch(), shape.width() + 2 * margin, shape.height() + 2 * margin);
        long channels = contract.format().channels();
        long scale = contract.scale();
        float white = contract.range().white();
        long[] small = {shape.batch(), channels, taken.height(), taken.width()};
        long[] large = {shape.batch(), channels, scale * shape.height(), scale * shape.width()};
        long[] between = {
            shape.batch(), shape.height() + 2L * reach, shape.width() + 2L * reach, graph.featureChannels()
        };
        this.around = graph.around();
        this.atEdge = new boolean[shape.batch()];
        this.filled = shape.batch();
        this.session = sessions.inside().acquire(Form.ofSamples(taken));
        try {
            from = new PictureSamples(memory, label, small, graph.picture().half(), white);
            inputs.put(graph.picture().input().name(), from.tensor(0, shape.batch()));
            ByteBuffer bytes = memory.allocate(label, Float.BYTES, between);
            features = bytes.asFloatBuffer();
            OnnxTensor tensor = OnnxTensor.createTensor(Ort.environment(), bytes, between, OnnxJavaType.FLOAT);
            (last ? inputs : outputs).put(PassGraph.FEATURES, tensor);
            if (last) {
                to = new PictureSamples(memory, label, large, graph.picture().halfOutput(), white);
                outputs.put(graph.picture().output().name(), to.tensor(0, shape.batch()));
            } else {
                to = null;
                side = new SideInputs(graph, taken);
            }
            if (sessions.edge() != null) {
                inside = inside(label);
            }
        } catch (OrtException e) {
            close();
            throw new StreamException(graph.label() + ": " + Ort.reason(e), e);
        } catch (RuntimeException | OutOfMemoryError e) {
            close();
            throw e;
        }
    }

    /** All picture, until a place says otherwise. */
    private FloatBuffer inside(String label) throws OrtException {
        long[] sides = {shape.batch(), 1, shape.height() + 2L * around, shape.width() + 2L * around};
        ByteBuffer bytes = memory.allocate(label, Float.BYTES, sides);
        told = OnnxTensor.createTensor(Ort.environment(), bytes, sides, OnnxJavaType.FLOAT);
        FloatBuffer all = bytes.asFloatBuffer();
        for (int i = 0; i < all.capacity(); i++) {
            all.put(i, 1);
        }
        return all;
    }

    /** Says where in the picture a rectangle lies. */
    void place(int item, int x, int y, FeatureCache picture) {
        int columns = shape.width() + 2 * around;
        int rows = shape.height() + 2 * around;
        boolean ends = picture.ends(x - around, y - around, columns, rows);
        if (inside == null || (!ends && !atEdge[item])) {
            return;
        }
        atEdge[item] = ends;
        for (int i = 0; i < rows * columns; i++) {
            boolean holds = picture.holds(x - around + i % columns, y - around + i / columns);
            inside.put(item * rows * columns + i, holds ? 1 : 0);
        }
    }

    /**
     * The first stage. One thread at a time.
     *
     * @param context not to be changed afterwards; null where the graph wants none
     * @param depths how many blocks each window passes; null for all
     * @param threshold of summed confidence at which a window is done
     * @return how many blocks each would have needed; empty when no depths are given
     */
    byte[] compute(float @Nullable [] context, byte @Nullable [] depths, float threshold, RunOptions options)
            throws OrtException {
        SideInputs lists = Objects.requireNonNull(side, "a first stage");
        if (context == null && sessions.graph().context() != null) {
            throw new IllegalArgumentException(sessions.graph().label() + " computes nothing without a context");
        }
        if (context != null && context != held) {
            lists.context(context);
            held = context;
        }
        if (depths == null) {
            lists.dense();
        } else {
            lists.depths(depths);
        }
        from.feed();
        Map<String, OnnxTensor> all = new HashMap<>(inputs);
        all.putAll(lists.tensors());
        Set<String> asked = depths == null ? Set.of() : Set.of(PassGraph.CONFIDENCE);
        try (OrtSession.Result result = run(all, asked, options)) {
            return depths == null ? new byte[0] : lists.judge(Confidences.of(result), threshold);
        }
    }

    /** The last stage. One thread at a time. */
    void enlarge(RunOptions options) throws OrtException {
        PictureSamples enlarged = Objects.requireNonNull(to, "a last stage");
        from.feed();
        run(inputs, Set.of(), options).close();
        enlarged.collect();
    }

    /** Through the graph that is told where the picture ends only where it ends, since that costs more. */
    private OrtSession.Result run(Map<String, OnnxTensor> given, Set<String> asked, RunOptions options)
            throws OrtException {
        if (told == null || !anyAtEdge()) {
            return session.run(given, asked, outputs, options);
        }
        if (edgeSession == null) {
            edgeSession = Objects.requireNonNull(sessions.edge()).acquire(Form.ofSamples(taken));
        }
        Map<String, OnnxTensor> more = new HashMap<>(given);
        more.put(PassGraph.INSIDE, told);
        return edgeSession.run(more, asked, outputs, options);
    }

    private boolean anyAtEdge() {
        for (int item = 0; item < filled; item++) {
            if (atEdge[item]) {
                return true;
            }
        }
        return false;
    }

    /** Says how many rectangles, the first ones, somebody wants. */
    void filled(int items) {
        filled = items;
    }

    /** Whether a rectangle lies where the picture ends. */
    boolean atEdge(int item) {
        return atEdge[item];
    }

    /** Takes one from another batch of the same graph. */
    void take(StageBatch other, int item, int at) {
        Packable.copy(other.input(), other.shape, item, input(), shape, at);
        Packable.copy(other.features, other.shape, item, features, shape, at);
        if (inside != null && other.inside != null && (atEdge[at] || other.atEdge[item])) {
            Packable.copy(other.inside, other.shape, item, inside, shape, at);
        }
        atEdge[at] = other.atEdge[item];
    }

    /** Of the rectangles, without what the graph eats around them. */
    TileShape shape() {
        return shape;
    }

    /** LR pixels that the input reaches beyond a rectangle. */
    int margin() {
        return margin;
    }

    /** Pixels that features reach beyond a rectangle, 0 of the first stage. */
    int reach() {
        return reach;
    }

    /** Samples, planar. Absolute access only. */
    FloatBuffer input() {
        return from.samples();
    }

    /** What the first stage makes and the last takes, channels last. Absolute access only. */
    FloatBuffer features() {
        return features;
    }

    /** Samples of the last stage, planar. Absolute access only. */
    FloatBuffer output() {
        return Objects.requireNonNull(to, "a last stage").samples();
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        inputs.values().forEach(OnnxTensor::close);
        outputs.values().forEach(OnnxTensor::close);
        if (told != null) {
            told.close();
        }
        if (side != null) {
            side.close();
        }
        memory.close();
        sessions.inside().release(Form.ofSamples(taken));
        if (edgeSession != null) {
            Objects.requireNonNull(sessions.edge()).release(Form.ofSamples(taken));
        }
    }
}
