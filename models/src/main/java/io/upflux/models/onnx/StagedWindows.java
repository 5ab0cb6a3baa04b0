package io.upflux.models.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;
import io.upflux.models.onnx.FirstStage.Part;
import io.upflux.models.onnx.Packable.LastStage;
import io.upflux.models.onnx.Packing.Filled;
import io.upflux.pipeline.SuperResolver.Place;
import io.upflux.pipeline.SuperResolver.Placed;
import io.upflux.pipeline.SuperResolver.Stroke;
import io.upflux.tile.Tile;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Computes squares of pictures in two stages. The windows in them pass the first by themselves, in large batches, each
 * exactly once; what it makes of them goes to where they lie in the picture, beside what earlier pictures left there, and
 * the last stage takes the squares from there with what is around them. Tiles, which are computed in one go, leave their
 * features there, too. Where a network has no windows, the squares themselves pass the first stage, the larger the better.
 * Thread-safe, but for what is of one stream.
 */
final class StagedWindows implements AutoCloseable {
    private final StageSessions sessions;
    private final Contract contract;
    private final float threshold;
    private final Deque<FirstStage> idle = new ArrayDeque<>();
    private final String label;
    private final int window;
    private final boolean windowed;
    private final int pixel;
    private boolean closed;

    /**
     * @param first sessions of the first stage
     * @param threshold of summed confidence at which a window is done, where it may halt
     */
    StagedWindows(StageSessions first, Contract contract, float threshold, String label) {
        this.sessions = first;
        this.contract = contract;
        this.threshold = threshold;
        this.label = label;
        this.window = first.graph().square();
        this.windowed = contract.window() > 0;
        this.pixel = first.graph().featureChannels();
    }

    /** For what is kept of the pictures of a stream. */
    FeatureCache newCache(int width, int height) {
        return new FeatureCache(label, pixel, width, height);
    }

    /** A stroke's share of what is computed. */
    private record Share(
            Stroke stroke,
            StreamMemory memory,
            FeatureCache cache,
            List<Part> parts,
            List<WholeTiles> wholes,
            int pictures) {
        List<Placed> work() {
            return stroke.work();
        }
    }

    /**
     * Fills the outputs of all batches.
     *
     * @param strokes of batches of tiles and of squares, whose memories hold features; of several streams only where neither a
     *     context nor depths tell them apart
     * @param packing computes last stages together; null where there is one stroke
     */
    void upscale(List<Stroke> strokes, @Nullable SeenContext context, @Nullable Packing packing, RunOptions options)
            throws OrtException {
        FirstStage first = take();
        List<Share> shares = new ArrayList<>();
        try {
            List<Part> parts = new ArrayList<>();
            for (Stroke stroke : strokes) {
                shares.add(share(stroke, context, parts));
            }
            for (Share share : shares) {
                for (WholeTiles whole : share.wholes()) {
                    whole.compute(share.memory(), context, options);
                }
            }
            StreamMemory memory = shares.get(0).memory();
            first.compute(parts, memory.depths(), memory.contextOr(context), options);
            for (Share share : shares) {
                // A square of one picture must not see what is only in a later one.
                for (int picture = 0; picture < share.pictures(); picture++) {
                    keepTiles(share.work(), picture, share.cache());
                    keepParts(first, share.parts(), picture, share.cache());
                    recall(share.work(), picture, share.cache());
                }
            }
        } finally {
            give(first);
        }
        enlarge(strokes, packing, options);
        for (Share share : shares) {
            finish(share);
        }
    }

    /** Has squares at the edge go on beyond it as pictures do. */
    private static void finish(Share share) {
        for (Placed placed : share.work()) {
            if (placed.batch() instanceof StagedCells cells) {
                for (int item = 0; item < placed.places().size(); item++) {
                    cells.repeatEdge(item, placed.places().get(item).tile(), share.cache());
                }
            }
        }
    }

    /** @param all where its parts are added to those of other strokes */
    private Share share(Stroke stroke, @Nullable SeenContext context, List<Part> all) {
        StreamMemory memory = (StreamMemory) stroke.memory();
        FeatureCache cache = Objects.requireNonNull(memory.features(), "features");
        KnownDepths known = memory.depths();
        List<WholeTiles> wholes = new ArrayList<>();
        int before = all.size();
        int pictures = stroke.work().stream()
                .flatMap(placed -> placed.places().stream())
                .mapToInt(place -> 1 + place.picture())
                .max()
                .orElse(0);
        for (int picture = 0; picture < Math.max(pictures, stroke.origins().size()); picture++) {
            if (known != null) {
                known.move(stroke.origins().get(picture));
            }
            for (Placed placed : stroke.work()) {
                collect(placed, picture, memory, context, all, wholes);
            }
        }
        return new Share(stroke, memory, cache, List.copyOf(all.subList(before, all.size())), wholes, pictures);
    }

    private static void enlarge(List<Stroke> strokes, @Nullable Packing packing, RunOptions options)
            throws OrtException {
        List<Filled> filled = new ArrayList<>();
        for (Stroke stroke : strokes) {
            for (Placed placed : stroke.work()) {
                if (placed.batch() instanceof StagedCells cells) {
                    int squares = placed.places().size();
                    filled.add(new Filled(new LastStage(cells.last(squares)), squares));
                }
            }
        }
        if (packing != null) {
            packing.compute(filled, options);
            return;
        }
        for (Filled each : filled) {
            each.batch().compute(each.tiles(), options);
        }
    }

    /** What is to be computed of a picture, by what is known when its turn has come. */
    private void collect(
            Placed placed,
            int picture,
            StreamMemory memory,
            @Nullable SeenContext context,
            List<Part> parts,
            List<WholeTiles> wholes) {
        List<Place> places = placed.places();
        for (int item = 0; item < places.size(); item++) {
            if (places.get(item).picture() == picture && placed.batch() instanceof StagedCells cells) {
                divide(places.get(item), cells, item, memory, parts);
            }
        }
        // Tiles of several pictures in one batch go by what is known of the last.
        int last = places.stream().mapToInt(Place::picture).max().orElse(-1);
        if (last == picture && placed.batch() instanceof OnnxBatch tiles) {
            wholes.add(WholeTiles.of(tiles, places, memory, context, window));
        }
    }

    private void divide(Place place, StagedCells cells, int item, StreamMemory memory, List<Part> to) {
        FeatureCache kept = Objects.requireNonNull(memory.features(), "features");
        KnownDepths known = memory.depths();
        Tile tile = place.tile();
        if (tile.coreX() % window != 0 || tile.coreY() % window != 0) {
            throw new IllegalArgumentException(label + ": a square at " + tile.coreX() + "," + tile.coreY()
                    + " cuts windows of " + window + " pixels");
        }
        int side = windowed ? window : cells.side(tile);
        int at = FirstStage.end(to);
        for (int y = tile.coreY(); y < tile.coreY() + tile.coreHeight(); y += side) {
            for (int x = tile.coreX(); x < tile.coreX() + tile.coreWidth(); x += side) {
                byte depth = known == null ? 0 : known.at(x, y);
                if (known != null) {
                    cells.depth(item, tile, x, y, depth);
                }
                to.add(new Part(place.picture(), kept, cells, item, tile, x, y, side, at, depth));
                at += side * side;
            }
        }
    }

    private static void keepTiles(List<Placed> work, int picture, FeatureCache cache) {
        for (Placed placed : work) {
            if (placed.batch() instanceof OnnxBatch tiles) {
                for (int item = 0; item < placed.places().size(); item++) {
                    Place place = placed.places().get(item);
                    if (place.picture() == picture) {
                        tiles.features(item, place.tile(), cache);
                    }
                }
            }
        }
    }

    private static void keepParts(FirstStage first, List<Part> parts, int picture, FeatureCache cache) {
        for (Part part : parts) {
            if (part.picture() == picture) {
                int columns = Math.min(part.side(), cache.width() - part.x());
                int rows = Math.min(part.side(), cache.height() - part.y());
                cache.put(first.features(), part.at(), part.side(), part.x(), part.y(), columns, rows);
            }
        }
    }

    private static void recall(List<Placed> work, int picture, FeatureCache cache) {
        for (Placed placed : work) {
            if (placed.batch() instanceof StagedCells cells) {
                for (int item = 0; item < placed.places().size(); item++) {
                    Place place = placed.places().get(item);
                    if (place.picture() == picture) {
                        cells.recall(item, place.tile(), cache);
                    }
                }
            }
        }
    }

    private FirstStage take() {
        synchronized (idle) {
            if (closed) {
                throw new IllegalStateException(label + " is closed");
            }
            FirstStage free = idle.poll();
            return free != null ? free : new FirstStage(sessions, contract, threshold, label);
        }
    }

    private void give(FirstStage first) {
        synchronized (idle) {
            idle.push(first);
        }
    }

    /** To be called when nothing is being computed. Idempotent. */
    @Override
    public void close() {
        synchronized (idle) {
            closed = true;
            idle.forEach(FirstStage::close);
            idle.clear();
        }
    }
}
