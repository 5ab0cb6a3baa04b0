package io.upflux.models.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;
import io.upflux.models.tile.TileMemory;
import io.upflux.pipeline.SuperResolver.Place;
import io.upflux.pipeline.SuperResolver.Placed;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.tile.Tile;
import java.nio.FloatBuffer;
import java.util.ArrayList;
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
    private final String label;
    private final int window;
    private final int pixel;
    private final Map<Integer, StageBatch> batches = new TreeMap<>();
    private TileMemory memory = new TileMemory();
    private FloatBuffer made = FloatBuffer.allocate(0);
    private boolean closed;

    /** @param first sessions of the first stage */
    StagedWindows(ShapeSessions first, Contract contract, String label) {
        this.first = first;
        this.contract = contract;
        this.label = label;
        this.window = first.graph().square();
        this.pixel = first.graph().featureChannels();
    }

    /** Of {@link #newCache}. */
    long cacheBytes(int width, int height) {
        return (long) Float.BYTES * pixel * width * height;
    }

    /** What is kept of the pictures of a stream. */
    FeatureCache newCache(int width, int height) {
        return new FeatureCache(label, pixel, width, height);
    }

    /** A window of a square. */
    private record Window(int picture, StagedCells cells, int item, Tile tile, int x, int y) {}

    /**
     * Fills the outputs of all batches.
     *
     * @param work batches of tiles and of squares, of some pictures of one stream
     * @param cache of the stream
     */
    synchronized void upscale(List<Placed> work, @Nullable SeenContext context, FeatureCache cache, RunOptions options)
            throws OrtException {
        if (closed) {
            throw new IllegalStateException(label + " is closed");
        }
        List<Window> windows = new ArrayList<>();
        int pictures = 0;
        for (Placed placed : work) {
            for (int item = 0; item < placed.places().size(); item++) {
                Place place = placed.places().get(item);
                pictures = Math.max(pictures, 1 + place.picture());
                if (placed.batch() instanceof StagedCells cells) {
                    windows(place, cells, item, windows);
                }
            }
            if (placed.batch() instanceof OnnxBatch tiles) {
                tiles.run(context, true, options);
            }
        }
        compute(windows, context, options);
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

    private void windows(Place place, StagedCells cells, int item, List<Window> to) {
        Tile tile = place.tile();
        if (tile.coreX() % window != 0 || tile.coreY() % window != 0) {
            throw new IllegalArgumentException(label + ": a square at " + tile.coreX() + "," + tile.coreY()
                    + " cuts windows of " + window + " pixels");
        }
        for (int y = tile.coreY(); y < tile.coreY() + tile.coreHeight(); y += window) {
            for (int x = tile.coreX(); x < tile.coreX() + tile.coreWidth(); x += window) {
                to.add(new Window(place.picture(), cells, item, tile, x, y));
            }
        }
    }

    /** Puts the features of all windows into {@link #made}, one after another. */
    private void compute(List<Window> windows, @Nullable SeenContext context, RunOptions options) throws OrtException {
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
            for (int i = 0; i < count; i++) {
                Window one = windows.get(done + i);
                one.cells().window(one.item(), one.tile(), one.x(), one.y(), batch, i);
            }
            batch.compute(context == null ? null : context.values(), null, options);
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
