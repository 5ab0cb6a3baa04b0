package io.upflux.models.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;
import io.upflux.models.onnx.Packable.OneStage;
import io.upflux.models.onnx.Packing.Filled;
import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.SuperResolver.Placed;
import io.upflux.pipeline.SuperResolver.Stroke;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.TileBatch;
import io.upflux.tile.BatchSizes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Computes strokes of several streams in common batches: squares, which seldom fill theirs, and tiles of a network of fixed
 * batches. Only of local networks that compute all windows alike: what has a context goes by its picture's.
 */
final class Mixing implements AutoCloseable {
    private final boolean able;
    private final int fixed;
    private final @Nullable StagedWindows staged;
    private final Packing packing;

    /** @param staged of a network in two stages, else null */
    Mixing(ModelSessions sessions, Contract contract, String label, @Nullable StagedWindows staged) {
        this.able = sessions.onlyPass() == Pass.PLAIN;
        this.fixed = contract.batch();
        this.staged = staged;
        this.packing = new Packing(
                fixed,
                shape -> staged != null
                        ? new Packable.LastStage(new StageBatch(sessions.lastStage(), contract, label, shape))
                        : new OneStage(OnnxBatch.ofSamples(
                                sessions, contract, label, shape, fixed > 0 ? 0 : sessions.margin())));
    }

    /** Tiles of one shape: how many there are, in how many batches. */
    private record Count(int tiles, int batches) {
        Count plus(Count other) {
            return new Count(tiles + other.tiles, batches + other.batches);
        }
    }

    /** As {@link io.upflux.pipeline.SuperResolver#companions}: those with which batches are saved, while they are small. */
    List<Stroke> companions(Stroke first, List<Stroke> waiting) {
        long pixels = pixels(first);
        Map<TileShape, Count> wanted = counts(first);
        if (!mixes(first) || pixels > BatchSizes.CELLS.pixels() || wanted.isEmpty()) {
            return List.of();
        }
        Map<TileShape, Count> all = new HashMap<>(wanted);
        List<Stroke> alike = new ArrayList<>();
        for (Stroke stroke : waiting) {
            Map<TileShape, Count> more = counts(stroke);
            more.keySet().retainAll(wanted.keySet());
            if (mixes(stroke) && !more.isEmpty() && pixels + pixels(stroke) <= BatchSizes.CELLS.pixels()) {
                pixels += pixels(stroke);
                more.forEach((shape, count) -> all.merge(shape, count, Count::plus));
                alike.add(stroke);
            }
        }
        Set<TileShape> saved = all.entrySet().stream()
                .filter(each -> isSaving(each.getKey(), each.getValue()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        return alike.stream()
                .filter(stroke -> counts(stroke).keySet().stream().anyMatch(saved::contains))
                .toList();
    }

    private boolean isSaving(TileShape shape, Count count) {
        return packing.runs(count.tiles(), (long) shape.width() * shape.height()) < count.batches();
    }

    /** Fills the outputs of all batches. */
    void upscale(List<Stroke> strokes, RunOptions options) throws OrtException {
        if (staged != null) {
            staged.upscale(strokes, null, packing, options);
            return;
        }
        List<Filled> filled = new ArrayList<>();
        for (Stroke stroke : strokes) {
            for (Placed placed : stroke.work()) {
                OnnxBatch batch = (OnnxBatch) placed.batch();
                if (packs(batch)) {
                    filled.add(new Filled(new OneStage(batch), placed.places().size()));
                } else {
                    batch.run(null, options);
                }
            }
        }
        packing.compute(filled, options);
    }

    private boolean mixes(Stroke stroke) {
        return able
                && stroke.context() == PictureContext.NONE
                && (staged != null) == stroke.memory() instanceof StreamMemory;
    }

    private boolean packs(TileBatch batch) {
        return batch instanceof StagedCells || (staged == null && (batch.margin() > 0 || fixed > 1));
    }

    private Map<TileShape, Count> counts(Stroke stroke) {
        Map<TileShape, Count> counts = new HashMap<>();
        for (Placed placed : stroke.work()) {
            if (packs(placed.batch())) {
                TileShape shape = placed.batch().shape();
                TileShape one = new TileShape(1, shape.width(), shape.height());
                counts.merge(one, new Count(placed.places().size(), 1), Count::plus);
            }
        }
        return counts;
    }

    private static long pixels(Stroke stroke) {
        long pixels = 0;
        for (Placed placed : stroke.work()) {
            TileShape shape = placed.batch().shape();
            pixels += (long) placed.places().size() * shape.width() * shape.height();
        }
        return pixels;
    }

    /** To be called when nothing is being computed. */
    @Override
    public void close() {
        packing.close();
    }
}
