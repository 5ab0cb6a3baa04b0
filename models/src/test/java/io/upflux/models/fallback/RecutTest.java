package io.upflux.models.fallback;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.models.Catalogue;
import io.upflux.models.Device;
import io.upflux.models.Halting;
import io.upflux.models.onnx.Agreement;
import io.upflux.models.onnx.Said;
import io.upflux.pipeline.ForwardingResolver;
import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.PictureMemory;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.SuperResolver.Place;
import io.upflux.pipeline.SuperResolver.Placed;
import io.upflux.pipeline.SuperResolver.Stroke;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.TileBatch;
import io.upflux.tile.Tile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Other pieces of the same work come to the same, of networks in two stages and of those that halt, too. */
@Timeout(300)
class RecutTest {
    private static final String STAGED = "adaformer-v-s-x2";
    private static final String HALTING = "adaformer-s-x2";

    private static final int WIDTH = 160;
    private static final int HEIGHT = 144;
    private static final int WINDOW = 8;

    /** Around squares, for chroma. */
    private static final int BORDER = 1;

    private static final float ROUNDING = 1e-4f;

    /** What {@link #STAGED} makes when nothing fails. */
    private static final Map<String, float[]> STAGES = new TreeMap<>();

    private final Said said = new Said();

    private static final class Failing extends ForwardingResolver {
        private final Predicate<Stroke> tooMuch;

        Failing(SuperResolver network, Predicate<Stroke> tooMuch) {
            super(network);
            this.tooMuch = tooMuch;
        }

        @Override
        public void upscale(List<Stroke> strokes) {
            if (strokes.stream().anyMatch(tooMuch)) {
                throw new StreamException("no memory");
            }
            super.upscale(strokes);
        }
    }

    private static SuperResolver open(String model, Halting halting) {
        Catalogue catalogue = Catalogue.standard();
        return catalogue.open(catalogue.find(model, null), Device.CPU, 2, halting);
    }

    private FallbackResolver failing(String model, Halting halting, Predicate<Stroke> tooMuch) {
        return new FallbackResolver(
                new Failing(open(model, halting), tooMuch), () -> open(model, halting), said, () -> {});
    }

    private static boolean isWide(Stroke stroke) {
        return stroke.work().stream().anyMatch(placed -> placed.batch().shape().width() >= WIDTH);
    }

    @BeforeAll
    static void computeAsAsked() {
        try (SuperResolver network = open(STAGED, Halting.OFF)) {
            STAGES.putAll(pictureAndSquares(network));
        }
    }

    @Test
    void squaresOfTwoStagesAreComputedOneByOne() {
        try (SuperResolver network = failing(
                STAGED,
                Halting.OFF,
                stroke -> stroke.work().stream()
                        .anyMatch(placed -> placed.places().size() > 1))) {
            compare(pictureAndSquares(network), STAGES);
        }
        assertThat(said.warnings).containsExactly("no memory; going on with one tile at a time");
    }

    /** Squares that follow see what the smaller tiles left in the memory. */
    @Test
    void tilesOfTwoStagesAreCut() {
        try (SuperResolver network = failing(STAGED, Halting.OFF, RecutTest::isWide)) {
            compare(pictureAndSquares(network), STAGES);
        }
        assertThat(said.warnings).containsExactly("no memory; going on with tiles of half the width and height");
    }

    @Test
    void theCpuTakesOverSquaresAndWhatTheySee() {
        int[] strokes = {0};
        try (SuperResolver network = failing(STAGED, Halting.OFF, stroke -> strokes[0]++ > 0)) {
            compare(pictureAndSquares(network), STAGES);
        }
        assertThat(said.warnings).containsExactly("no memory; going on with the CPU");
    }

    /** In a part of the picture such a network would see, and decide, otherwise. */
    @Test
    void whatHaltsByItselfGoesToTheCpuUncut() {
        Map<String, float[]> expected = new TreeMap<>();
        try (SuperResolver network = open(HALTING, new Halting(0.95))) {
            expected.putAll(picture(network, PictureContext.NONE));
        }
        try (SuperResolver network = failing(HALTING, new Halting(0.95), RecutTest::isWide)) {
            compare(picture(network, PictureContext.NONE), expected);
        }
        assertThat(expected.get("depths")).hasSize(WIDTH / WINDOW * HEIGHT / WINDOW);
        assertThat(said.warnings).containsExactly("no memory; going on with the CPU");
    }

    private static void compare(Map<String, float[]> made, Map<String, float[]> expected) {
        assertThat(made.keySet()).isEqualTo(expected.keySet());
        expected.forEach(
                (name, samples) -> assertThat(Agreement.distance(Objects.requireNonNull(made.get(name)), samples))
                        .as(name)
                        .isLessThanOrEqualTo(ROUNDING));
    }

    private static PictureContext look(SuperResolver network) {
        return network.samples(WIDTH, HEIGHT)
                .map(shape -> {
                    try (TileBatch samples = network.newSamples(shape)) {
                        for (int i = 0; i < samples.input().capacity(); i++) {
                            samples.input().put(i, 0.5f + 0.3f * (float) Math.sin(i * 0.37));
                        }
                        return network.look(samples);
                    }
                })
                .orElse(PictureContext.NONE);
    }

    private static Map<String, float[]> picture(SuperResolver network, PictureContext context) {
        try (PictureMemory memory = network.newMemory(WIDTH, HEIGHT)) {
            return picture(network, context, memory);
        }
    }

    private static Map<String, float[]> picture(SuperResolver network, PictureContext context, PictureMemory memory) {
        try (TileBatch batch = network.newBatch(new TileShape(1, WIDTH, HEIGHT))) {
            fill(batch, 0, new Tile(0, 0, 0, 0, WIDTH, HEIGHT), 0);
            Place place = new Place(0, new Tile(0, 0, 0, 0, WIDTH, HEIGHT));
            network.upscale(List.of(new Placed(batch, List.of(place))), List.of(), context, memory);
            float[] depths = new float[batch.depths().capacity()];
            for (int i = 0; i < depths.length; i++) {
                depths[i] = batch.depths().get(i);
            }
            return Map.of("picture", output(batch), "depths", depths);
        }
    }

    /** A picture in one tile, and squares of the next one. */
    private static Map<String, float[]> pictureAndSquares(SuperResolver network) {
        PictureContext context = look(network);
        int side = WINDOW + 2 * BORDER;
        try (PictureMemory memory = network.newMemory(WIDTH, HEIGHT);
                TileBatch cells = network.newCells(new TileShape(3, side, side))) {
            Map<String, float[]> made = new TreeMap<>(picture(network, context, memory));
            List<Place> places = new ArrayList<>();
            for (int[] square : new int[][] {{3, 2}, {9, 8}, {14, 4}}) {
                int x = square[0] * WINDOW;
                int y = square[1] * WINDOW;
                Tile tile = new Tile(x - BORDER, y - BORDER, x, y, WINDOW, WINDOW);
                fill(cells, places.size(), tile, 1);
                places.add(new Place(0, tile));
            }
            network.upscale(List.of(new Placed(cells, places)), List.of(), context, memory);
            made.put("squares", cores(cells));
            return made;
        }
    }

    /** @param time of the picture, which moves */
    private static void fill(TileBatch batch, int item, Tile tile, int time) {
        int margin = batch.margin();
        int width = batch.shape().width() + 2 * margin;
        int height = batch.shape().height() + 2 * margin;
        for (int i = 0; i < 3 * width * height; i++) {
            int x = tile.x() - margin + i % width;
            int y = tile.y() - margin + i / width % height;
            int channel = i / width / height;
            double shade = 0.5 + 0.3 * Math.sin(x * 0.31 + time + channel) * Math.cos(y * 0.23 - channel);
            batch.input().put(item * 3 * width * height + i, (float) ((x / 5 + y / 7) % 6 == 0 ? 1 - shade : shade));
        }
    }

    private static float[] output(TileBatch batch) {
        float[] samples = new float[batch.output().capacity()];
        batch.output().get(0, samples);
        return samples;
    }

    /** What squares are asked for, without their borders. */
    private static float[] cores(TileBatch cells) {
        float[] all = output(cells);
        int side = 2 * (WINDOW + 2 * BORDER);
        int core = 2 * WINDOW;
        float[] cores = new float[all.length / side / side * core * core];
        for (int i = 0; i < cores.length; i++) {
            int y = i / core % core + 2 * BORDER;
            cores[i] = all[(i / core / core * side + y) * side + i % core + 2 * BORDER];
        }
        return cores;
    }
}
