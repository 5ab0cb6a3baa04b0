package io.upflux.models.onnx;

import static io.upflux.models.onnx.NamedModels.BY_HEART;
import static io.upflux.models.onnx.NamedModels.files;
import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.pipeline.Notices;
import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.PictureMemory;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.SuperResolver.Place;
import io.upflux.pipeline.SuperResolver.Placed;
import io.upflux.pipeline.SuperResolver.Stroke;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.TileBatch;
import io.upflux.tile.Tile;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Strokes of several streams, computed together. */
@Timeout(120)
class MixingTest {
    /** A thousandth of a code value is 4e-6: batches of other sizes round in other places. */
    private static final float ROUNDING = 1e-5f;

    private static final int WIDTH = 112;
    private static final int HEIGHT = 96;
    private static final int SIDE = 16;
    private static final int CHROMA = 1;
    private static final Execution CPU = new Execution(Execution.Gpu.NEVER, 0, 2);

    @ParameterizedTest
    @ValueSource(strings = {"plain-s-x2", "plain-m-x2", "plain-s-x4"})
    void eachStreamGetsWhatItGetsAlone(String name) {
        long before = OnnxResolverTest.directBytes();
        try (SuperResolver resolver = open(files(name), name)) {
            List<Stream> streams =
                    List.of(new Stream(resolver, 1, 1), new Stream(resolver, 2, 1), new Stream(resolver, 3, 1, 1));
            List<float[]> alone = new ArrayList<>();
            for (Stream stream : streams) {
                resolver.upscale(List.of(stream.stroke));
                alone.add(stream.taken());
            }
            List<Stroke> strokes = streams.stream().map(stream -> stream.stroke).toList();
            List<Stroke> waiting = strokes.subList(1, 3);
            assertThat(resolver.companions(strokes.get(0), waiting)).isEqualTo(waiting);
            for (int run = 0; run < 2; run++) {
                streams.forEach(Stream::forget);
                resolver.upscale(strokes);
                for (int i = 0; i < streams.size(); i++) {
                    float[] together = streams.get(i).taken();
                    assertThat(distance(together, alone.get(i))).isLessThanOrEqualTo(ROUNDING);
                }
            }
            assertThat(distance(alone.get(0), alone.get(1))).isGreaterThan(0.01f);
            streams.forEach(Stream::close);
        }
        assertThat(OnnxResolverTest.directBytes()).isEqualTo(before);
    }

    @Test
    void onlyWhatSavesABatchIsMixed() {
        try (SuperResolver resolver = open(files("plain-s-x2"), "plain-s-x2")) {
            Stream one = new Stream(resolver, 1, 1);
            Stream two = new Stream(resolver, 2, 1);
            Stream four = new Stream(resolver, 3, 4);
            assertThat(resolver.companions(one.stroke, List.of(two.stroke))).isEmpty();
            assertThat(resolver.companions(one.stroke, List.of(four.stroke))).isEmpty();
            assertThat(resolver.companions(one.stroke, List.of(two.stroke, four.stroke)))
                    .as("six in four and one and one")
                    .isEmpty();
            List.of(one, two, four).forEach(Stream::close);
        }
    }

    @Test
    void picturesWithAContextKeepToThemselves() {
        try (SuperResolver resolver = open(files(BY_HEART), BY_HEART)) {
            List<Stroke> strokes = new ArrayList<>();
            try (PictureMemory memory = resolver.newMemory(WIDTH, HEIGHT);
                    TileBatch cells = resolver.newCells(new TileShape(1, SIDE, SIDE))) {
                for (int i = 0; i < 4; i++) {
                    Placed placed = new Placed(cells, List.of(new Place(0, new Tile(32, 32, 32, 32, SIDE, SIDE))));
                    strokes.add(
                            new Stroke(List.of(placed), List.of(), PictureContext.NONE, memory, Stroke.NO_DEADLINE));
                }
                assertThat(resolver.companions(strokes.get(0), strokes.subList(1, 4)))
                        .isEmpty();
            }
        }
    }

    @Test
    void tilesOfStreamsFillBatchesThatAreFixed() {
        ModelFiles files = ModelFiles.alone(
                OnnxFile.of("four.onnx", TestModels.blur(2, 1, 4, "h", "w").build()));
        try (SuperResolver resolver = open(files, "four")) {
            TileShape shape = resolver.tileFor(20, 16);
            assertThat(shape.batch()).isEqualTo(4);
            List<TileBatch> batches = new ArrayList<>();
            List<Stroke> strokes = new ArrayList<>();
            List<float[]> alone = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                TileBatch batch = resolver.newBatch(shape);
                fill(batch, i + 1);
                resolver.upscale(batch, PictureContext.NONE);
                float[] output = new float[batch.output().capacity() / 4];
                batch.output().get(0, output);
                alone.add(output);
                batch.output().put(0, new float[output.length]);
                batches.add(batch);
                Placed placed = new Placed(batch, List.of(new Place(0, new Tile(0, 0, 0, 0, 20, 16))));
                strokes.add(new Stroke(List.of(placed), List.of(), PictureContext.NONE, PictureMemory.NONE, i));
            }
            assertThat(resolver.companions(strokes.get(0), strokes.subList(1, 3)))
                    .isEqualTo(strokes.subList(1, 3));
            resolver.upscale(strokes);
            for (int i = 0; i < 3; i++) {
                float[] output = new float[alone.get(i).length];
                batches.get(i).output().get(0, output);
                assertThat(distance(output, alone.get(i))).isLessThanOrEqualTo(ROUNDING);
                batches.get(i).close();
            }
        }
    }

    private static SuperResolver open(ModelFiles files, String name) {
        Contract contract =
                OnnxResolver.declared(files).orElseGet(() -> OnnxResolver.inspect(files, false, Notices.none()));
        return OnnxResolver.open(files, name, contract, CPU, OptionalDouble.empty(), Notices.none());
    }

    private static void fill(TileBatch batch, int seed) {
        for (int i = 0; i < batch.input().capacity(); i++) {
            batch.input().put(i, 0.5f + 0.4f * (float) Math.sin(i * 0.13 * seed + seed));
        }
    }

    private static float distance(float[] one, float[] other) {
        assertThat(one).hasSameSizeAs(other);
        float worst = 0;
        for (int i = 0; i < one.length; i++) {
            worst = Math.max(worst, Math.abs(one[i] - other[i]));
        }
        return worst;
    }

    /** A picture, of which some squares have to be computed, in batches that they fill. */
    private static final class Stream implements AutoCloseable {
        private final SuperResolver resolver;
        private final int seed;
        private final PictureMemory memory;
        private final List<TileBatch> batches = new ArrayList<>();
        private final Stroke stroke;

        Stream(SuperResolver resolver, int seed, int... sizes) {
            this.resolver = resolver;
            this.seed = seed;
            this.memory = resolver.newMemory(WIDTH, HEIGHT);
            whole();
            int margin = resolver.cells(WIDTH, HEIGHT).orElseThrow().margin();
            int side = SIDE + 2 * CHROMA;
            Planes picture = picture();
            List<Placed> work = new ArrayList<>();
            int x = 32;
            for (int size : sizes) {
                TileBatch batch = resolver.newCells(new TileShape(size, side, side));
                List<Place> places = new ArrayList<>();
                for (int i = 0; i < size; i++) {
                    Tile tile = new Tile(x - CHROMA, 32 - CHROMA, x, 32, SIDE, SIDE);
                    Planes part =
                            picture.cut(tile.x() - margin, tile.y() - margin, side + 2 * margin, side + 2 * margin);
                    batch.input().put(i * part.samples().length, part.samples());
                    places.add(new Place(0, tile));
                    x += 8;
                }
                batches.add(batch);
                work.add(new Placed(batch, places));
            }
            stroke = new Stroke(work, List.of(), PictureContext.NONE, memory, seed);
        }

        private Planes picture() {
            return Planes.drawn(WIDTH + 9 * seed, HEIGHT).cut(9 * seed, 0, WIDTH, HEIGHT);
        }

        /** Leaves its features. */
        private void whole() {
            if (memory == PictureMemory.NONE) {
                return;
            }
            try (TileBatch batch = resolver.newBatch(new TileShape(1, WIDTH, HEIGHT))) {
                batch.input().put(0, picture().samples());
                Tile tile = new Tile(0, 0, 0, 0, WIDTH, HEIGHT);
                resolver.upscale(
                        List.of(new Placed(batch, List.of(new Place(0, tile)))),
                        List.of(),
                        PictureContext.NONE,
                        memory);
            }
        }

        float[] taken() {
            int all = batches.stream()
                    .mapToInt(batch -> batch.output().capacity())
                    .sum();
            float[] samples = new float[all];
            int at = 0;
            for (TileBatch batch : batches) {
                batch.output().get(0, samples, at, batch.output().capacity());
                at += batch.output().capacity();
            }
            return samples;
        }

        void forget() {
            batches.forEach(
                    batch -> batch.output().put(0, new float[batch.output().capacity()]));
        }

        @Override
        public void close() {
            batches.forEach(TileBatch::close);
            memory.close();
        }
    }
}
