package io.upflux.models.onnx;

import static io.upflux.models.onnx.Agreement.close;
import static io.upflux.models.onnx.Agreement.largest;
import static io.upflux.models.onnx.NamedModels.BY_HEART;
import static io.upflux.models.onnx.NamedModels.files;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import io.upflux.tile.TilePlan;
import java.util.Arrays;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The graphs of every bundled model that has several are one network. */
@Timeout(300)
class PassAgreementTest {
    private static final int CORE = 32;

    static Stream<String> bodies() {
        return with(Pass.BODY);
    }

    /** The last of two stages is no part of a picture by itself. */
    static Stream<String> windows() {
        return with(Pass.WINDOWS).filter(name -> !ModelGraphs.of(files(name)).staged());
    }

    static Stream<String> halting() {
        return with(Pass.HALTING);
    }

    private static Stream<String> with(Pass pass) {
        return Stream.concat(Stream.of(BY_HEART), NamedModels.with(pass));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void aBodyTileIsThatPartOfThePicture(String name) throws OrtException {
        ModelGraphs graphs = ModelGraphs.of(files(name));
        try (Weights weights = files(name).weights();
                RawSession body = new RawSession(graphs, Pass.BODY, weights)) {
            int align = align(graphs.main());
            int halo = TilePlan.roundUp(declared(body.graph().declared().halo()), align);
            int tile = 2 * halo + TilePlan.roundUp(CORE, align);
            Planes picture = Planes.drawn(tile + 2 * align, tile + align);
            float[][] key = key(graphs, weights, picture);
            Planes part = picture.cut(align, align, tile, tile);

            float[] made = body.run(part, key[1], dense(body.graph(), tile, tile));

            int scale = declared(graphs.main().declared().scale());
            int right = tile - halo;
            float[] differences = differences(
                    key[0], picture, align, align, made, tile, tile, scale, new int[] {halo, halo, right, tile});
            int far = 0;
            for (float difference : differences) {
                far += difference <= 1 / 255f ? 0 : 1; // NaN is far, too
            }
            assertThat((double) far / differences.length).isLessThanOrEqualTo(0.001);
        }
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void whatNoWindowUsesNeedNotBeComputed(String name) throws OrtException {
        ModelGraphs graphs = ModelGraphs.of(files(name));
        PassGraph graph = Objects.requireNonNull(graphs.get(Pass.BODY));
        if (!graph.takesLists()) {
            return;
        }
        try (Weights weights = files(name).weights();
                RawSession body = new RawSession(graphs, Pass.BODY, weights)) {
            int side = 6 * graph.window();
            Planes picture = Planes.drawn(side, side);
            float[] context = key(graphs, weights, picture)[1];
            int windows = graph.windows(1, side, side);
            Random random = new Random(3);
            for (int deepest = 1; deepest <= graph.blocks(); deepest++) {
                byte[] depths = new byte[windows];
                long[] versions = new long[windows];
                for (int w = 0; w < windows; w++) {
                    depths[w] = (byte) (1 + random.nextInt(deepest));
                    versions[w] = (depths[w] - 1L) * windows + w;
                }
                HaltingPlan dense = dense(windows, graph.blocks());
                long[][] all = new long[graph.blocks() - 1][];
                for (int block = 2; block <= graph.blocks(); block++) {
                    all[block - 2] = dense.gather(block);
                }
                float[] expected = body.run(picture, context, all, versions, "hr");
                float[] made = body.run(picture, context, HaltingPlan.of(depths, graph.blocks()));
                close(made, expected, 1e-5f);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("windows")
    void windowsWithAMarginAreThatPartOfThePicture(String name) throws OrtException {
        ModelGraphs graphs = ModelGraphs.of(files(name));
        try (Weights weights = files(name).weights();
                RawSession windows = new RawSession(graphs, Pass.WINDOWS, weights)) {
            PassGraph graph = windows.graph();
            int margin = declared(graph.declared().margin());
            int step = Math.max(align(graphs.main()), Math.max(1, graph.window()));
            int start = TilePlan.roundUp(margin + CORE, step);
            int core = TilePlan.roundUp(CORE, step);
            int side = 2 * start + core;
            Planes picture = Planes.drawn(side, side);
            float[][] key = key(graphs, weights, picture);
            int width = core + 2 * margin;
            Planes part = picture.cut(start - margin, start - margin, width, width);

            float[] made = windows.run(part, graph.context() == null ? null : key[1], "hr");

            int scale = declared(graphs.main().declared().scale());
            float[] differences =
                    differences(key[0], picture, start, start, made, core, core, scale, new int[] {0, 0, core, core});
            assertThat(largest(differences)).isLessThanOrEqualTo(1e-4f);
        }
    }

    @ParameterizedTest
    @MethodSource("halting")
    void haltingIsDenseWhereNothingHaltsAndShallowWhereAllDoes(String name) throws OrtException {
        ModelGraphs graphs = ModelGraphs.of(files(name));
        PassGraph graph = Objects.requireNonNull(graphs.get(Pass.HALTING));
        int side = 6 * graph.window();
        Planes picture = Planes.drawn(side, side);
        float[] dense =
                WholePicture.of(files(name), picture, OptionalDouble.empty()).samples();
        WholePicture unreached = WholePicture.of(files(name), picture, OptionalDouble.of(graph.blocks()));
        close(unreached.samples(), dense, 1e-4f);
        assertThat(unreached.depths()).containsOnly((byte) graph.blocks());
        WholePicture reached = WholePicture.of(files(name), picture, OptionalDouble.of(1e-6));
        int deeper = 0;
        for (byte depth : reached.depths()) {
            deeper += depth > 1 ? 1 : 0;
        }
        // A graph may let one window go on, so that it need not compute on nothing.
        assertThat(deeper).isLessThanOrEqualTo(1);
        for (byte depth :
                WholePicture.of(files(name), picture, OptionalDouble.of(0.95)).depths()) {
            assertThat((int) depth).isBetween(1, graph.blocks());
        }
    }

    /** The enlarged picture and the context, which is empty without. */
    private static float[][] key(ModelGraphs graphs, Weights weights, Planes picture) throws OrtException {
        try (RawSession main = new RawSession(graphs, graphs.main().pass(), weights)) {
            float[] hr = main.run(picture, null, main.graph().picture().output().name());
            boolean looks = graphs.main().pass() == Pass.KEY;
            return new float[][] {
                hr,
                looks
                        ? main.run(
                                picture,
                                null,
                                Objects.requireNonNull(main.graph().context()).name())
                        : new float[0]
            };
        }
    }

    private static HaltingPlan dense(PassGraph graph, int width, int height) {
        return graph.takesLists() ? dense(graph.windows(1, width, height), graph.blocks()) : dense(1, 1);
    }

    private static HaltingPlan dense(int windows, int blocks) {
        byte[] depths = new byte[windows];
        Arrays.fill(depths, (byte) blocks);
        return HaltingPlan.of(depths, blocks);
    }

    /** Between a rectangle (left, top, right, bottom) of a part and the same in the whole picture it was cut from. */
    private static float[] differences(
            float[] whole,
            Planes picture,
            int left,
            int top,
            float[] part,
            int partWidth,
            int partHeight,
            int scale,
            int[] core) {
        int width = (core[2] - core[0]) * scale;
        int height = (Math.min(core[3], core[2]) - core[1]) * scale;
        float[] differences = new float[3 * width * height];
        for (int i = 0; i < differences.length; i++) {
            int c = i / (width * height);
            int y = i / width % height + core[1] * scale;
            int x = i % width + core[0] * scale;
            float one = part[(c * partHeight * scale + y) * partWidth * scale + x];
            int rows = c * picture.height() * scale + y + top * scale;
            differences[i] = Math.abs(one - whole[rows * picture.width() * scale + x + left * scale]);
        }
        return differences;
    }

    private static int align(PassGraph graph) {
        return declared(graph.declared().align());
    }

    private static int declared(@Nullable Integer value) {
        return Objects.requireNonNull(value);
    }
}
