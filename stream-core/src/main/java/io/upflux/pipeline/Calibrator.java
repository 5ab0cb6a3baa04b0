package io.upflux.pipeline;

import io.upflux.buffer.Closer;
import io.upflux.pipeline.SuperResolver.Cells;
import io.upflux.pipeline.SuperResolver.Place;
import io.upflux.pipeline.SuperResolver.Placed;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.reuse.Cell;
import io.upflux.reuse.Origins;
import io.upflux.reuse.WindowGrid;
import io.upflux.tile.BatchSizes;
import io.upflux.tile.Tile;
import io.upflux.tile.TilePlan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Measures what squares of a picture cost with a resolver on this machine: batches of them as a pipeline fills them, and a
 * whole picture, one after the other in rounds, so that what else the machine does meets all alike. The least time of
 * each counts. One thread.
 */
public final class Calibrator implements AutoCloseable {
    /** LR pixels of the side of the picture; time a pixel hardly depends on it. */
    private static final int PICTURE = 256;

    /** Where squares are taken from: within the picture, on the grid of all windows, with room for margins. */
    private static final int LEFT = 64;

    private static final int AREA = 128;

    /** No more rounds after so long; two that count there always are. */
    private static final long ENOUGH_NANOS = 3_000_000_000L;

    /** How much longer the second least time of anything may be than the least. */
    private static final double ALIKE = 1.1;

    /** How far the resolver's own estimate may be off, either way; what exceeds it was disturbed. */
    private static final double OFF = 3;

    private final SuperResolver resolver;
    private final LongSupplier nanos;
    private final Closer owned = new Closer();

    /**
     * What was measured.
     *
     * @param borneOut whether it came out twice; else the machine was too busy to tell, and it is better than nothing
     */
    public record Measured(Calibration calibration, boolean borneOut) {}

    /** @param side of squares, 0 for the whole picture */
    private record Sample(int side, double pixels, List<Placed> work) {}

    /** The two least times of something that were measured, in nanoseconds. */
    private static final class Least {
        private long least = Long.MAX_VALUE;
        private long second = Long.MAX_VALUE;

        /** @return whether none before took less */
        boolean add(long took) {
            boolean best = took < least;
            second = Math.min(second, Math.max(least, took));
            least = Math.min(least, took);
            return best;
        }

        /** Whether there are two that are alike. */
        boolean isBorneOut() {
            return second <= ALIKE * least;
        }
    }

    private Calibrator(SuperResolver resolver, LongSupplier nanos) {
        this.resolver = resolver;
        this.nanos = nanos;
    }

    /**
     * Runs the resolver until its least times are borne out by others, for a fraction of a second on an idle machine and for 3
     * s on any, longer where three rounds take longer; blocks.
     *
     * @param resolver used by nobody else meanwhile
     * @param nanos a clock such as {@link System#nanoTime}
     * @return empty where it computes no squares by themselves
     * @throws StreamException when it cannot be run
     */
    public static Optional<Measured> measure(SuperResolver resolver, LongSupplier nanos) {
        int side = TilePlan.roundUp(PICTURE, resolver.traits().align());
        Optional<Cells> cells = resolver.cells(side, side).filter(some -> some.margin() > 0);
        if (cells.isEmpty()) {
            return Optional.empty();
        }
        try (Calibrator calibrator = new Calibrator(resolver, nanos)) {
            return Optional.of(calibrator.measure(cells.get(), side));
        }
    }

    private Measured measure(Cells cells, int size) {
        List<Origins> origins = cells.depths() ? List.of(Origins.unknown(new WindowGrid(size, size))) : List.of();
        PictureMemory memory = owned.own(resolver.newMemory(size, size));
        PictureContext context = cells.samples() == null
                ? PictureContext.NONE
                : resolver.look(filled(resolver.newSamples(cells.samples())));
        Conversions conversions = owned.own(new Conversions(resolver, size));
        List<Sample> samples = new ArrayList<>();
        samples.add(whole(size, conversions));
        samples.addAll(squares(cells, size));
        List<Least> times = samples.stream().map(sample -> new Least()).toList();
        long inference = 0;
        long begin = nanos.getAsLong();
        int rounds = 0;
        do {
            for (int i = 0; i < samples.size(); i++) {
                List<Placed> work = samples.get(i).work();
                long start = nanos.getAsLong();
                work.forEach(conversions::read);
                long filled = nanos.getAsLong();
                resolver.upscale(work, origins, context, memory);
                long computed = nanos.getAsLong();
                work.forEach(conversions::write);
                long took = Math.max(1, nanos.getAsLong() - start);
                // The first round plans shapes and warms up.
                if (rounds > 0 && times.get(i).add(took) && i == 0) {
                    inference = Math.max(1, computed - filled);
                }
            }
            rounds++;
        } while (rounds < 3
                || (!times.stream().allMatch(Least::isBorneOut) && nanos.getAsLong() - begin < ENOUGH_NANOS));
        double pixel = times.get(0).least / samples.get(0).pixels();
        Map<Integer, Double> costs = new TreeMap<>();
        double before = 0;
        for (int i = 1; i < samples.size(); i++) {
            Sample sample = samples.get(i);
            double supposed = cells.costs().get(cells.sides().indexOf(sample.side()));
            double measured =
                    times.get(i).least / pixel / sample.work().get(0).places().size();
            double bounded = Math.max(supposed / OFF, Math.min(measured, supposed * OFF));
            // A square never costs less than one that it holds.
            before = Math.max(before, bounded);
            costs.put(sample.side(), before);
        }
        boolean borneOut = times.stream().allMatch(Least::isBorneOut);
        return new Measured(new Calibration(costs, inference / samples.get(0).pixels() / 1e9), borneOut);
    }

    private Sample whole(int size, Conversions conversions) {
        int align = resolver.traits().align();
        TileShape wanted = resolver.tileFor(size, size);
        TileShape shape = new TileShape(
                wanted.batch(), TilePlan.roundUp(wanted.width(), align), TilePlan.roundUp(wanted.height(), align));
        int width = Math.min(size, shape.width());
        int height = Math.min(size, shape.height());
        Place place = new Place(0, new Tile(0, 0, 0, 0, width, height));
        List<Place> places = Collections.nCopies(shape.batch(), place);
        double pixels = (double) shape.batch() * shape.width() * shape.height();
        return new Sample(0, pixels, List.of(new Placed(owned.own(conversions.newBatch(shape)), places)));
    }

    /** A batch of each side, as large as the pipeline would make it of what fits into the area. */
    private List<Sample> squares(Cells cells, int size) {
        // As where chroma is subsampled, which nearly all video is.
        CellTiles tiles = new CellTiles(
                cells,
                new TilePlan(size, size, List.of()),
                1,
                resolver.traits().halo(),
                resolver.traits().align());
        List<Sample> samples = new ArrayList<>();
        for (int side : cells.sides()) {
            Cell first = new Cell(LEFT, LEFT, side);
            int row = AREA / side;
            if (row == 0 || !tiles.alone(first) || !tiles.alone(new Cell(LEFT + AREA - side, LEFT, side))) {
                continue;
            }
            TileShape one = tiles.shape(first);
            int batch = BatchSizes.CELLS.next(row * row, (long) one.width() * one.height());
            TileBatch squares = owned.own(resolver.newCells(new TileShape(batch, one.width(), one.height())));
            List<Place> places = new ArrayList<>();
            for (int i = 0; i < batch; i++) {
                places.add(new Place(0, tiles.tile(new Cell(LEFT + i % row * side, LEFT + i / row * side, side))));
            }
            samples.add(new Sample(side, 0, List.of(new Placed(squares, places))));
        }
        return samples;
    }

    /** Samples are not read from the picture, but are not left empty. */
    private TileBatch filled(TileBatch batch) {
        owned.own(batch);
        for (int i = 0; i < batch.input().capacity(); i++) {
            batch.input().put(i, i * 37 % 256 / 255f);
        }
        return batch;
    }

    @Override
    public void close() {
        owned.close();
    }
}
