package io.upflux.models.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import io.upflux.buffer.Closer;
import io.upflux.models.onnx.Pictures.Ends;
import io.upflux.models.onnx.ShapeSessions.Form;
import io.upflux.models.tile.TileMemory;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.tile.Tile;
import io.upflux.tile.TilePlan;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One graph over the memory of some consecutive tiles of a batch: a session and everything it reads and writes. */
final class PassRun implements AutoCloseable {
    private final ShapeSessions sessions;
    private final TileShape shape;
    private final int first;
    private final Closer owned = new Closer();
    private final Map<String, OnnxTensor> inputs = new HashMap<>();
    private final Map<String, OnnxTensor> outputs = new HashMap<>();
    private final SideInputs side;
    private Form form;
    private OrtSession session;
    private final @Nullable ByteBuffer depths;
    private @Nullable SeenContext held;
    private @Nullable FloatBuffer features;
    private @Nullable FloatBuffer context;

    /**
     * @param shape of the tiles that one inference takes
     * @param first of these tiles in the batch
     */
    PassRun(ShapeSessions sessions, TileShape shape, int first, Pictures pictures) {
        this.sessions = sessions;
        this.shape = shape;
        this.first = first;
        this.form = new Form(shape, pictures.coding());
        this.session = sessions.acquire(form);
        owned.own(() -> sessions.release(form));
        PassGraph graph = sessions.graph();
        try {
            side = owned.own(new SideInputs(graph, shape));
            pictures.addTo(new Ends(graph.picture(), inputs, outputs), first, shape.batch(), owned);
            if (graph.pass() == Pass.HALTING) {
                TileMemory memory = owned.own(new TileMemory());
                long[] sides = {shape.batch(), shape.height() / graph.window(), shape.width() / graph.window()};
                depths = memory.allocate(graph.label(), Integer.BYTES, sides);
                outputs.put(
                        PassGraph.DEPTH,
                        owned.own(OnnxTensor.createTensor(Ort.environment(), depths, sides, OnnxJavaType.INT32)));
            } else {
                depths = null;
            }
        } catch (OrtException e) {
            close();
            throw new StreamException(graph.label() + ": " + Ort.reason(e), e);
        } catch (RuntimeException | OutOfMemoryError e) {
            close();
            throw e;
        }
    }

    /** Confidence at which windows halt, where the graph decides that itself. */
    void threshold(float value) {
        side.threshold(value);
    }

    /** @param context ignored by graphs that want none */
    void run(@Nullable SeenContext context, RunOptions options) throws OrtException {
        feed(context);
        inputs.putAll(side.tensors());
        session().run(inputs, Set.of(), outputs, options).close();
    }

    /**
     * As {@link #run}, of a graph that takes lists.
     *
     * @param wanted how many blocks each window passes
     * @param threshold of summed confidence at which a window is done
     * @return how many blocks each would have needed
     */
    byte[] run(SeenContext context, byte[] wanted, float threshold, RunOptions options) throws OrtException {
        feed(context);
        side.depths(wanted);
        inputs.putAll(side.tensors());
        try (OrtSession.Result result = session().run(inputs, Set.of(PassGraph.CONFIDENCE), outputs, options)) {
            return side.judge(Confidences.of(result), threshold);
        }
    }

    /** One that makes features only where they are kept, which not all who have batches do. */
    private OrtSession session() {
        boolean bare = features == null && sessions.graph().remembers();
        if (bare != form.bare()) {
            reopen(new Form(shape, form.coding(), bare));
        }
        return session;
    }

    private void reopen(Form next) {
        OrtSession opened = sessions.acquire(next);
        sessions.release(form);
        form = next;
        session = opened;
    }

    private void feed(@Nullable SeenContext seen) {
        if (seen != null && seen != held) {
            side.context(seen.values());
            held = seen;
        }
    }

    /** Has what the graph makes beside pictures kept from the next run on: features between two stages, and a context. */
    void keep() throws OrtException {
        PassGraph graph = sessions.graph();
        if (features == null && graph.features() != null) {
            features = kept(PassGraph.FEATURES, shape.batch(), shape.height(), shape.width(), graph.featureChannels());
        }
        if (context == null && graph.context() != null && graph.pass().looks()) {
            context = kept(graph.context().name(), graph.contextSides());
        }
    }

    private FloatBuffer kept(String name, long... sides) throws OrtException {
        TileMemory memory = owned.own(sessions.memory());
        ByteBuffer bytes = memory.allocate(sessions.graph().label(), Float.BYTES, sides);
        outputs.put(name, owned.own(OnnxTensor.createTensor(Ort.environment(), bytes, sides, OnnxJavaType.FLOAT)));
        return bytes.asFloatBuffer();
    }

    /** What was kept of the context; null where the graph gives none. */
    float @Nullable [] context() {
        if (context == null) {
            return null;
        }
        float[] values = new float[context.capacity()];
        context.get(0, values);
        return values;
    }

    /** Puts what was kept of the windows of a tile's core in their place of the picture. */
    void features(int item, Tile tile, FeatureCache to) {
        int window = Math.max(1, sessions.graph().window());
        int x = tile.coreX() / window * window;
        int y = tile.coreY() / window * window;
        int columns = TilePlan.roundUp(tile.coreX() + tile.coreWidth() - x, window);
        int rows = TilePlan.roundUp(tile.coreY() + tile.coreHeight() - y, window);
        int pixel = ((item - first) * shape.height() + y - tile.y()) * shape.width() + x - tile.x();
        to.put(Objects.requireNonNull(features, "features"), pixel, shape.width(), x, y, columns, rows);
    }

    /** Puts one byte per window; nothing when the graph does not halt. */
    void depths(ByteBuffer to) {
        if (depths != null) {
            int windows = depths.capacity() / Integer.BYTES;
            int at = first / shape.batch() * windows;
            for (int i = 0; i < windows; i++) {
                to.put(at + i, (byte) depths.getInt(Integer.BYTES * i));
            }
        }
    }

    @Override
    public void close() {
        owned.close();
    }
}
