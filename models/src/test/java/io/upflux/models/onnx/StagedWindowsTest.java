package io.upflux.models.onnx;

import static io.upflux.models.onnx.NamedModels.BY_HEART;
import static io.upflux.models.onnx.NamedModels.files;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.pipeline.Notices;
import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.PictureMemory;
import io.upflux.pipeline.SuperResolver.Place;
import io.upflux.pipeline.SuperResolver.Placed;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.TileBatch;
import io.upflux.tile.Tile;
import io.upflux.tile.TilePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Squares of pictures, computed in two stages with features of earlier pictures around them, are what tiles are. */
@Timeout(300)
class StagedWindowsTest {
    /** As far as rounding goes, of a network that is 1 at white. */
    private static final float TOLERANCE = 1e-4f;

    private static final int CHROMA = 1;

    static Stream<String> bundled() {
        return NamedModels.with(Pass.FEATURES);
    }

    static Stream<String> staged() {
        return Stream.concat(Stream.of(BY_HEART), bundled());
    }

    @ParameterizedTest
    @MethodSource("staged")
    void squaresFollowAChangeAsTheWholePictureDoes(String name) {
        try (Bench bench = new Bench(name)) {
            Planes before = bench.picture(1);
            bench.whole(before);
            // One window after another, at each time around a window that changed last time or did not.
            Planes now = before;
            for (int[] place : new int[][] {{4, 3}, {5, 3}, {4, 5}, {3, 3}}) {
                now = bench.changed(now, place[0], place[1]);
                List<int[]> squares = bench.around(place[0], place[1]);
                float[] expected = bench.expected(now);
                try (TileBatch cells = bench.cells(squares.size())) {
                    Placed placed = bench.fill(cells, squares, now, 0);
                    bench.resolver.upscale(List.of(placed), List.of(), bench.context, bench.memory);
                    bench.compare(placed, expected);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("bundled")
    void squaresAtTheEdgeDoWithoutTilesWhereTheNetworkIsToldOfIt(String name) {
        try (Bench bench = new Bench(name)) {
            assertThat(bench.resolver.cells(64, 64).orElseThrow().atEdge()).isPositive();
            bench.whole(bench.picture(1));
            Planes now = bench.picture(1);
            for (int[] place : new int[][] {{0, 0}, {8, 7}, {0, 7}, {4, 0}, {8, 3}}) {
                now = bench.changed(now, place[0], place[1]);
                List<int[]> squares = bench.around(place[0], place[1]);
                squares.removeIf(square -> square[0] < 0 || square[1] < 0 || square[0] > 8 || square[1] > 7);
                try (TileBatch cells = bench.cells(squares.size())) {
                    // The same places in a batch may have lain within the picture before.
                    Placed inner = bench.fill(cells, bench.around(4, 4).subList(0, squares.size()), now, 0);
                    bench.resolver.upscale(List.of(inner), List.of(), bench.context, bench.memory);
                    Placed placed = bench.fill(cells, squares, now, 0);
                    bench.resolver.upscale(List.of(placed), List.of(), bench.context, bench.memory);
                    bench.compare(placed, bench.expected(now));
                    bench.resolver.upscale(
                            List.of(bench.fill(cells, bench.around(4, 4).subList(0, squares.size()), now, 0)),
                            List.of(),
                            bench.context,
                            bench.memory);
                    bench.compare(inner, bench.expected(now));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("staged")
    void eachPictureSeesWhatWasThereInItsTime(String name) {
        try (Bench bench = new Bench(name)) {
            Planes first = bench.picture(2);
            bench.whole(first);
            Planes second = bench.changed(first, 4, 4);
            Planes third = bench.changed(second, 5, 4);
            List<int[]> early = bench.around(4, 4);
            List<int[]> late = bench.around(5, 4);
            try (TileBatch both = bench.cells(early.size() + late.size())) {
                List<int[]> squares = new ArrayList<>(late);
                squares.addAll(early);
                bench.fill(both, late, third, 0);
                bench.fill(both, early, second, late.size());
                List<Place> places = new ArrayList<>();
                for (int i = 0; i < squares.size(); i++) {
                    places.add(new Place(i < late.size() ? 1 : 0, bench.tile(squares.get(i))));
                }
                Placed placed = new Placed(both, places);
                bench.resolver.upscale(List.of(placed), List.of(), bench.context, bench.memory);
                bench.compare(placed, bench.expected(second), bench.expected(third));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("staged")
    void tilesLeaveTheirCoresToSquares(String name) {
        try (Bench bench = new Bench(name)) {
            Planes picture = bench.picture(3);
            int halo = TilePlan.roundUp(bench.resolver.traits().halo(), bench.window);
            // The left part of the picture as a tile whose core ends within the picture, then the right part.
            int cut = 4 * bench.window;
            List<Placed> work = new ArrayList<>();
            try (TileBatch left = bench.resolver.newBatch(new TileShape(1, cut + halo, bench.height));
                    TileBatch right =
                            bench.resolver.newBatch(new TileShape(1, bench.width - cut + halo, bench.height));
                    TileBatch cells = bench.cells(1)) {
                left.input().put(0, picture.cut(0, 0, cut + halo, bench.height).samples());
                right.input()
                        .put(
                                0,
                                picture.cut(cut - halo, 0, bench.width - cut + halo, bench.height)
                                        .samples());
                work.add(new Placed(left, List.of(new Place(0, new Tile(0, 0, 0, 0, cut, bench.height)))));
                work.add(new Placed(
                        right,
                        List.of(new Place(0, new Tile(cut - halo, 0, cut, 0, bench.width - cut, bench.height)))));
                // At the seam, so that it sees what both tiles left.
                Placed placed = bench.fill(cells, List.of(new int[] {3, 3}), picture, 0);
                work.add(placed);
                bench.resolver.upscale(work, List.of(), bench.context, bench.memory);
                bench.compare(placed, bench.expected(picture));
            }
        }
    }

    /** Squares of a picture that was seen in one tile come out as it did, and have no context before it. */
    @ParameterizedTest
    @MethodSource("staged")
    void aPictureInOneTileIsTheContextOfSquares(String name) {
        try (Bench bench = new Bench(name);
                TileBatch cells = bench.cells(1);
                TileBatch whole = bench.resolver.newBatch(new TileShape(1, bench.width, bench.height))) {
            assertThat(bench.resolver
                            .cells(bench.width, bench.height)
                            .orElseThrow()
                            .samples())
                    .isNull();
            Planes picture = bench.picture(2);
            whole.input().put(0, picture.samples());
            Tile all = new Tile(0, 0, 0, 0, bench.width, bench.height);
            bench.upscale(new Placed(whole, List.of(new Place(0, all))), PictureContext.NONE);
            bench.resolver.upscale(whole, PictureContext.NONE);
            float[] expected = Bench.output(whole);
            Placed square = bench.fill(cells, List.of(new int[] {4, 4}), picture, 0);
            bench.upscale(square, PictureContext.NONE);
            bench.compare(square, expected);
        }
    }

    @Test
    void refusesSquaresThatCutWindowsAndSquaresWithoutAContext() {
        try (Bench bench = new Bench(BY_HEART);
                TileBatch cells = bench.cells(1)) {
            Tile across = new Tile(6, 6, 7, 7, 2, 2);
            Placed placed = new Placed(cells, List.of(new Place(0, across)));
            assertThatThrownBy(() -> bench.resolver.upscale(List.of(placed), List.of(), bench.context, bench.memory))
                    .hasMessageContaining("7,7 cuts windows of 2");
            Placed blind = bench.fill(cells, List.of(new int[] {4, 4}), bench.picture(1), 0);
            assertThatThrownBy(
                            () -> bench.resolver.upscale(List.of(blind), List.of(), PictureContext.NONE, bench.memory))
                    .hasMessageContaining("without a context");
        }
    }

    /** A resolver, a context and a memory for pictures of 9x8 windows and a bit. */
    private static final class Bench implements AutoCloseable {
        private final OnnxResolver resolver;
        private final int window;
        private final int width;
        private final int height;
        private final int scale;
        private final int margin;
        private final PictureContext context;
        private final PictureMemory memory;
        private final Random random = new Random(5);

        Bench(String name) {
            ModelFiles files = files(name);
            Contract contract = OnnxResolver.declared(files).orElseThrow();
            Execution cpu = new Execution(Execution.Gpu.NEVER, 0, 2);
            resolver = (OnnxResolver)
                    OnnxResolver.open(files, name, contract, cpu, OptionalDouble.empty(), Notices.none());
            window = Objects.requireNonNull(ModelGraphs.of(files).get(Pass.FEATURES))
                    .square();
            width = 9 * window;
            height = 8 * window;
            scale = contract.scale();
            margin = resolver.cells(64, 64).orElseThrow().margin();
            memory = resolver.newMemory(width, height);
            context = resolver.samples(width, height).map(this::look).orElse(PictureContext.NONE);
        }

        private PictureContext look(TileShape samples) {
            try (TileBatch looked = resolver.newSamples(samples)) {
                for (int i = 0; i < looked.input().capacity(); i++) {
                    looked.input().put(i, 0.5f + 0.3f * (float) Math.sin(i * 0.37));
                }
                return resolver.look(looked);
            }
        }

        Planes picture(int seed) {
            Planes drawn = Planes.drawn(width + seed, height);
            return drawn.cut(seed, 0, width, height);
        }

        /** With other samples in one window; at its border, too, so that neighbours see it. */
        Planes changed(Planes picture, int column, int row) {
            float[] samples = picture.samples().clone();
            for (int i = 0; i < samples.length; i++) {
                int x = i % width;
                int y = i / width % height;
                if (x / window == column && y / window == row) {
                    samples[i] = random.nextFloat();
                }
            }
            return new Planes(samples, width, height);
        }

        /** A window and those that see it. */
        List<int[]> around(int column, int row) {
            List<int[]> squares = new ArrayList<>();
            for (int y = row - 1; y <= row + 1; y++) {
                for (int x = column - 1; x <= column + 1; x++) {
                    squares.add(new int[] {x, y});
                }
            }
            return squares;
        }

        TileBatch cells(int count) {
            int side = window + 2 * CHROMA;
            TileBatch cells = resolver.newCells(new TileShape(count, side, side));
            assertThat(cells.margin()).isEqualTo(margin);
            return cells;
        }

        Tile tile(int[] square) {
            int x = square[0] * window;
            int y = square[1] * window;
            return new Tile(x - CHROMA, y - CHROMA, x, y, window, window);
        }

        Placed fill(TileBatch cells, List<int[]> squares, Planes picture, int first) {
            int side = window + 2 * (CHROMA + margin);
            List<Place> places = new ArrayList<>();
            for (int i = 0; i < squares.size(); i++) {
                Tile tile = tile(squares.get(i));
                Planes part = picture.cutRepeating(tile.x() - margin, tile.y() - margin, side, side);
                cells.input().put((first + i) * part.samples().length, part.samples());
                places.add(new Place(0, tile));
            }
            return new Placed(cells, places);
        }

        /** Fills the memory from a picture in one tile. */
        void whole(Planes picture) {
            try (TileBatch batch = resolver.newBatch(new TileShape(1, width, height))) {
                batch.input().put(0, picture.samples());
                Tile tile = new Tile(0, 0, 0, 0, width, height);
                Placed placed = new Placed(batch, List.of(new Place(0, tile)));
                resolver.upscale(List.of(placed), List.of(), context, memory);
                assertThat(output(batch)).isEqualTo(expected(picture));
            }
        }

        void upscale(Placed placed, PictureContext seen) {
            resolver.upscale(List.of(placed), List.of(), seen, memory);
        }

        float[] expected(Planes picture) {
            try (TileBatch batch = resolver.newBatch(new TileShape(1, width, height))) {
                batch.input().put(0, picture.samples());
                resolver.upscale(batch, context);
                return output(batch);
            }
        }

        private static float[] output(TileBatch batch) {
            float[] samples = new float[batch.output().capacity()];
            batch.output().get(0, samples);
            return samples;
        }

        void compare(Placed placed, float[]... expected) {
            int side = (window + 2 * CHROMA) * scale;
            for (int i = 0; i < placed.places().size(); i++) {
                Place place = placed.places().get(i);
                float worst = 0;
                for (int at = 0; at < 3 * side * side; at++) {
                    // Beyond its edges a picture goes on as there.
                    int x = place.tile().x() * scale + at % side;
                    int y = place.tile().y() * scale + at / side % side;
                    int row = at / (side * side) * height * scale + Math.max(0, Math.min(y, height * scale - 1));
                    float wanted = expected[place.picture()][
                            row * width * scale + Math.max(0, Math.min(x, width * scale - 1))];
                    float made = placed.batch().output().get(i * 3 * side * side + at);
                    worst = Math.max(worst, Math.abs(made - wanted));
                }
                assertThat(worst).as("square %d", i).isLessThanOrEqualTo(TOLERANCE);
            }
        }

        @Override
        public void close() {
            memory.close();
            resolver.close();
        }
    }
}
