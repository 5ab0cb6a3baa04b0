package io.upflux.models.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;
import io.upflux.models.tile.TileMemory;
import io.upflux.pipeline.SuperResolver.Place;
import io.upflux.pipeline.SuperResolver.Placed;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.reuse.Origins;
import io.upflux.tile.Tile;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Computes squares of pictures in two stages. The windows in them pass the first by themselves, in large batches, each
 * exactly once; what it makes of them goes to where they lie in the picture, beside what earlier pictures left there, and
 * the last stage takes the squares from there with what is around them. Tiles, which are computed in one go, leave their
 * features there, too. One call at a time.
 */
final class StagedWindows implements AutoCloseable {
    /**
     * Windows of a batch, largest first. One thread computes 64 as fast as any, at 0.77 of their share of a whole picture,
     * and 4 at 0.92; several, which wait for each other after every operator, are better off with 256.
     */
    private static final int[] SIZES = {256, 64, 16, 4, 1};

    private final ShapeSessions first;
    private final Contract contract;
    private final float threshold;
    private final String label;
    private final int window;
    private final int pixel;
    private final Map<Integer, StageBatch> batches = new TreeMap<>();
    private TileMemory memory = new TileMemory();
    private FloatBuffer made = FloatBuffer.allocate(0);
    private boolean closed;

    /**
     * @param first sessions of the first stage
     * @param threshold of summed confidence at which a window is done, where it may halt
     */
    StagedWindows(ShapeSessions first, Contract contract, float threshold, String label) {
        this.first = first;
        this.contract = contract;
        this.threshold = threshold;
        this.label = label;
        this.window = first.graph().square();
        this.pixel = first.graph().featureChannels();
    }

    /** Of {@link #newCache}. */
    long cacheBytes(int width, int height) {
        return (long) Float.BYTES * pixel * width * height;
    }

    /** What is kept of the pictures of a stream. */
    FeatureCache newCache(int width, int height, @Nullable KnownDepths depths) {
        return new FeatureCache(label, pixel, width, height, depths);
    }

    /** A window of a square, and how many blocks it passes; 0 for all. */
    private record Window(int picture, StagedCells cells, int item, Tile tile, int x, int y, byte depth) {}

    /** Tiles in one go, and how many blocks their windows pass; null for all. */
    private record Whole(OnnxBatch tiles, List<Place> places, byte @Nullable [] depths) {}

    /**
     * Fills the outputs of all batches.
     *
     * @param work batches of tiles and of squares, of some pictures of one stream
     * @param origins of these pictures, where the cache keeps depths
     * @param cache of the stream
     */
    synchronized void upscale(
            List<Placed> work,
            List<Origins> origins,
            @Nullable SeenContext context,
            FeatureCache cache,
            RunOptions options)
            throws OrtException {
        if (closed) {
            throw new IllegalStateException(label + " is closed");
        }
        KnownDepths known = cache.depths();
        List<Window> windows = new ArrayList<>();
        List<Whole> wholes = new ArrayList<>();
        int pictures = work.stream()
                .flatMap(placed -> placed.places().stream())
                .mapToInt(place -> 1 + place.picture())
                .max()
                .orElse(0);
        for (int picture = 0; picture < Math.max(pictures, origins.size()); picture++) {
            if (known != null) {
                known.move(origins.get(picture));
            }
            for (Placed placed : work) {
                collect(placed, picture, known, windows, wholes);
            }
        }
        for (Whole whole : wholes) {
            compute(whole, known, context, options);
        }
        compute(windows, known, context, options);
        // A square of one picture must not see what is only in a later one.
        for (int picture = 0; picture < pictures; picture++) {
            keepTiles(work, picture, cache);
            keepWindows(windows, picture, cache);
            recall(work, picture, cache);
        }
        for (Placed placed : work) {
            if (placed.batch() instanceof StagedCells cells) {
                cells.last(placed.places().size()).enlarge(options);
            }
        }
    }

    /** What is to be computed of a picture, by what is known when its turn has come. */
    private void collect(
            Placed placed, int picture, @Nullable KnownDepths known, List<Window> windows, List<Whole> wholes) {
        List<Place> places = placed.places();
        for (int item = 0; item < places.size(); item++) {
            if (places.get(item).picture() == picture && placed.batch() instanceof StagedCells cells) {
                windows(places.get(item), cells, item, known, windows);
            }
        }
        // Tiles of several pictures in one batch go by what is known of the last.
        int last = places.stream().mapToInt(Place::picture).max().orElse(-1);
        if (last == picture && placed.batch() instanceof OnnxBatch tiles) {
            wholes.add(new Whole(tiles, places, known == null ? null : depths(tiles.shape(), places, known)));
        }
    }

    private void windows(Place place, StagedCells cells, int item, @Nullable KnownDepths known, List<Window> to) {
        Tile tile = place.tile();
        if (tile.coreX() % window != 0 || tile.coreY() % window != 0) {
            throw new IllegalArgumentException(label + ": a square at " + tile.coreX() + "," + tile.coreY()
                    + " cuts windows of " + window + " pixels");
        }
        for (int y = tile.coreY(); y < tile.coreY() + tile.coreHeight(); y += window) {
            for (int x = tile.coreX(); x < tile.coreX() + tile.coreWidth(); x += window) {
                byte depth = known == null ? 0 : known.at(x, y);
                if (known != null) {
                    cells.depth(item, tile, x, y, depth);
                }
                to.add(new Window(place.picture(), cells, item, tile, x, y, depth));
            }
        }
    }

    /** Of all windows of a batch of tiles, halos included; those of places that are not filled pass one block. */
    private byte[] depths(TileShape shape, List<Place> places, KnownDepths known) {
        int columns = shape.width() / window;
        int rows = shape.height() / window;
        byte[] depths = new byte[shape.batch() * rows * columns];
        Arrays.fill(depths, (byte) 1);
        for (int item = 0; item < places.size(); item++) {
            Tile tile = places.get(item).tile();
            for (int i = 0; i < rows * columns; i++) {
                depths[item * rows * columns + i] =
                        known.at(tile.x() + i % columns * window, tile.y() + i / columns * window);
            }
        }
        return depths;
    }

    private void compute(Whole whole, @Nullable KnownDepths known, @Nullable SeenContext context, RunOptions options)
            throws OrtException {
        if (known == null) {
            whole.tiles().runKeeping(context, options);
            return;
        }
        if (context == null) {
            throw new IllegalArgumentException(label + " computes nothing without a context");
        }
        byte[] needed = whole.tiles().run(context, whole.depths(), options);
        int columns = whole.tiles().shape().width() / window;
        int all = whole.tiles().shape().height() / window * columns;
        for (int item = 0; item < whole.places().size(); item++) {
            Tile tile = whole.places().get(item).tile();
            for (int i = 0; i < all; i++) {
                int x = tile.x() + i % columns * window;
                int y = tile.y() + i / columns * window;
                boolean core = x + window > tile.coreX()
                        && y + window > tile.coreY()
                        && x < tile.coreX() + tile.coreWidth()
                        && y < tile.coreY() + tile.coreHeight();
                if (core) {
                    known.found(x, y, needed[item * all + i]);
                }
            }
        }
    }

    /** Puts the features of all windows into {@link #made}, one after another. */
    private void compute(
            List<Window> windows, @Nullable KnownDepths known, @Nullable SeenContext context, RunOptions options)
            throws OrtException {
        int each = window * window * pixel;
        if (made.capacity() < windows.size() * each) {
            // Should there be no memory for more.
            made = FloatBuffer.allocate(0);
            memory.close();
            memory = new TileMemory();
            made = memory.allocate(label, Float.BYTES, windows.size(), each).asFloatBuffer();
        }
        int done = 0;
        while (done < windows.size()) {
            StageBatch batch = batch(windows.size() - done);
            int count = Math.min(batch.shape().batch(), windows.size() - done);
            byte[] depths = known == null ? null : new byte[batch.shape().batch()];
            for (int i = 0; i < count; i++) {
                Window one = windows.get(done + i);
                one.cells().window(one.item(), one.tile(), one.x(), one.y(), batch, i);
                if (depths != null) {
                    depths[i] = one.depth();
                }
            }
            if (depths != null) {
                Arrays.fill(depths, count, depths.length, (byte) 1);
            }
            byte[] needed = batch.compute(context == null ? null : context.values(), depths, threshold, options);
            for (int i = 0; known != null && i < count; i++) {
                known.found(windows.get(done + i).x(), windows.get(done + i).y(), needed[i]);
            }
            made.put(done * each, batch.features(), 0, count * each);
            done += count;
        }
    }

    /** The largest that is three quarters full at least. */
    private StageBatch batch(int left) {
        int size = 1;
        for (int candidate : SIZES) {
            if (4 * left >= 3 * candidate) {
                size = candidate;
                break;
            }
        }
        return batches.computeIfAbsent(
                size, count -> new StageBatch(first, contract, label, new TileShape(count, window, window)));
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

    private void keepWindows(List<Window> windows, int picture, FeatureCache cache) {
        for (int i = 0; i < windows.size(); i++) {
            Window one = windows.get(i);
            if (one.picture() == picture) {
                cache.put(made, i * window * window, window, one.x(), one.y(), window, window);
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

    /** Waits for a running call. Idempotent. */
    @Override
    public synchronized void close() {
        closed = true;
        batches.values().forEach(StageBatch::close);
        batches.clear();
        memory.close();
    }
}
