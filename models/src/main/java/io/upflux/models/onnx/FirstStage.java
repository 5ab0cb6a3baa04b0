package io.upflux.models.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;
import io.upflux.models.tile.TileMemory;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.tile.BatchSizes;
import io.upflux.tile.Tile;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The first of two stages, of parts of squares in batches of few shapes. One call at a time. */
final class FirstStage implements AutoCloseable {
    /**
     * Windows of a batch, largest first. One thread computes 64 as fast as any, at 0.77 of their share of a whole picture,
     * and 4 at 0.92; several, which wait for each other after every operator, are better off with 256.
     */
    private static final BatchSizes SIZES = new BatchSizes(List.of(256, 64, 16, 4, 1), 1 << 14);

    private final StageSessions sessions;
    private final Contract contract;
    private final float threshold;
    private final String label;
    private final int pixel;
    private final Map<Kind, StageBatch> batches = new HashMap<>();
    private TileMemory memory = new TileMemory();
    private FloatBuffer made = FloatBuffer.allocate(0);

    /** @param threshold of summed confidence at which a window is done, where it may halt */
    FirstStage(StageSessions sessions, Contract contract, float threshold, String label) {
        this.sessions = sessions;
        this.contract = contract;
        this.threshold = threshold;
        this.label = label;
        this.pixel = sessions.graph().featureChannels();
    }

    private record Kind(int side, int count) {}

    /**
     * A window of a square, or all of it.
     *
     * @param kept of its stream, where its features go
     * @param at where its features begin in {@link #features}, in pixels
     * @param depth how many blocks it passes; 0 for all
     */
    record Part(
            int picture,
            FeatureCache kept,
            StagedCells cells,
            int item,
            Tile tile,
            int x,
            int y,
            int side,
            int at,
            byte depth) {}

    /** Pixels of all parts together. */
    static int end(List<Part> parts) {
        if (parts.isEmpty()) {
            return 0;
        }
        Part last = parts.get(parts.size() - 1);
        return last.at() + last.side() * last.side();
    }

    /** What {@link #compute} made, channels last. Absolute access only, until it is called again. */
    FloatBuffer features() {
        return made;
    }

    /** Makes the features of all parts, whose places follow each other. */
    void compute(List<Part> parts, @Nullable KnownDepths known, @Nullable SeenContext context, RunOptions options)
            throws OrtException {
        int pixels = end(parts);
        if (made.capacity() < pixels * pixel) {
            // Should there be no memory for more.
            made = FloatBuffer.allocate(0);
            memory.close();
            memory = new TileMemory();
            made = memory.allocate(label, Float.BYTES, pixels, pixel).asFloatBuffer();
        }
        Map<Integer, List<Part>> bySide = new TreeMap<>();
        for (Part part : parts) {
            bySide.computeIfAbsent(part.side(), side -> new ArrayList<>()).add(part);
        }
        for (List<Part> alike : bySide.values()) {
            // Those at the edge together, since a batch with one of them costs more.
            alike.sort(Comparator.comparing(this::atEdge));
            int done = 0;
            while (done < alike.size()) {
                StageBatch batch = batch(alike.get(0).side(), alike.size() - done);
                int end = Math.min(done + batch.shape().batch(), alike.size());
                run(batch, alike.subList(done, end), known, context, options);
                done = end;
            }
        }
    }

    private boolean atEdge(Part part) {
        int around = sessions.graph().around();
        int taken = part.side() + 2 * around;
        return part.kept().ends(part.x() - around, part.y() - around, taken, taken);
    }

    /** Parts of one side, which the batch holds. */
    private void run(
            StageBatch batch,
            List<Part> parts,
            @Nullable KnownDepths known,
            @Nullable SeenContext context,
            RunOptions options)
            throws OrtException {
        byte[] depths = known == null ? null : new byte[batch.shape().batch()];
        for (int i = 0; i < parts.size(); i++) {
            Part one = parts.get(i);
            one.cells().window(one.item(), one.tile(), one.x(), one.y(), batch, i);
            batch.place(i, one.x(), one.y(), one.kept());
            if (depths != null) {
                depths[i] = one.depth();
            }
        }
        batch.filled(parts.size());
        if (depths != null) {
            Arrays.fill(depths, parts.size(), depths.length, (byte) 1);
        }
        byte[] needed = batch.compute(context == null ? null : context.values(), depths, threshold, options);
        for (int i = 0; i < parts.size(); i++) {
            Part one = parts.get(i);
            int each = one.side() * one.side() * pixel;
            made.put(one.at() * pixel, batch.features(), i * each, each);
            if (known != null) {
                known.found(one.x(), one.y(), needed[i]);
            }
        }
    }

    /** The largest that is three quarters full at least, and not too large. */
    private StageBatch batch(int side, int left) {
        int size = SIZES.next(left, (long) side * side);
        return batches.computeIfAbsent(
                new Kind(side, size),
                kind -> new StageBatch(sessions, contract, label, new TileShape(kind.count(), side, side)));
    }

    @Override
    public void close() {
        batches.values().forEach(StageBatch::close);
        batches.clear();
        memory.close();
    }
}
