package io.upflux.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import io.upflux.models.Catalogue;
import io.upflux.models.ModelCard;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.TileBatch;
import io.upflux.tile.TilePlan;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every bundled model that has several graphs: they are one network. Every golden vector: the network is the one that
 * was trained. Both hold for a network known by heart, too, which so checks the checks.
 */
@Timeout(300)
class BundledModelsTest {
    private static final String BY_HEART = "by heart";
    private static final int CORE = 32;

    static Stream<String> golden() throws IOException, URISyntaxException {
        URL folder = Catalogue.class.getResource("golden");
        if (folder == null) {
            return Stream.of(BY_HEART);
        }
        try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
            List<String> names = files.map(file -> file.getFileName().toString().replace(".safetensors", ""))
                    .sorted()
                    .toList();
            return Stream.concat(Stream.of(BY_HEART), names.stream());
        }
    }

    static Stream<String> severalGraphs() {
        return Stream.concat(
                Stream.of(BY_HEART),
                Catalogue.standard().list().stream()
                        .filter(card -> card.bundled() && card.passes().size() > 1)
                        .map(ModelCard::name));
    }

    @ParameterizedTest
    @MethodSource("golden")
    void makesWhatTheTrainedNetworkMakes(String name) throws IOException, OrtException {
        float[] picture;
        float[] expected;
        int width;
        int height;
        float[] context = null;
        float[] confidence = null;
        if (name.equals(BY_HEART)) {
            width = 4;
            height = 2;
            picture = new float[24];
            Arrays.fill(picture, 0.5f);
            expected = flatByHeart();
            context = new float[] {0.5f, 0.5f, 0.5f};
        } else {
            SafeTensors golden = new SafeTensors(resource("golden/" + name + ".safetensors"));
            picture = golden.read("lr");
            expected = golden.read("hr");
            height = golden.side("lr", 2);
            width = golden.side("lr", 3);
            context = golden.has("context") ? golden.read("context") : null;
            confidence = golden.has("confidence") ? golden.read("confidence") : null;
        }
        assertThat(whole(files(name), picture, width, height, OptionalDouble.empty()).samples)
                .satisfies(made -> close(made, expected, 1e-4f));
        ModelGraphs graphs = ModelGraphs.of(files(name));
        try (Weights weights = files(name).weights();
                RawSession main = new RawSession(graphs, graphs.main().pass(), weights)) {
            Planes planes = new Planes(picture, width, height);
            if (context != null) {
                float[] made = main.run(planes, null, contextOf(main));
                close(made, context, 1e-4f * largest(context));
            }
            if (confidence != null) {
                close(main.run(planes, null, "confidence"), confidence, 1e-4f);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("severalGraphs")
    void aBodyTileIsThatPartOfThePicture(String name) throws OrtException {
        ModelGraphs graphs = ModelGraphs.of(files(name));
        if (graphs.get(Pass.BODY) == null) {
            return;
        }
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
            float[] differences =
                    differences(key[0], picture, align, align, made, tile, tile, scale, new int[] {halo, halo, right, tile});
            int far = 0;
            for (float difference : differences) {
                far += difference > 1 / 255f ? 1 : 0;
            }
            assertThat((double) far / differences.length).isLessThanOrEqualTo(0.001);
        }
    }

    @ParameterizedTest
    @MethodSource("severalGraphs")
    void whatNoWindowUsesNeedNotBeComputed(String name) throws OrtException {
        ModelGraphs graphs = ModelGraphs.of(files(name));
        PassGraph graph = graphs.get(Pass.BODY);
        if (graph == null || !graph.takesLists()) {
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
                HaltingPlan dense = HaltingPlan.dense(windows, graph.blocks());
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
    @MethodSource("severalGraphs")
    void windowsWithAMarginAreThatPartOfThePicture(String name) throws OrtException {
        ModelGraphs graphs = ModelGraphs.of(files(name));
        if (graphs.get(Pass.WINDOWS) == null) {
            return;
        }
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

            float[] made = ringed(windows, part, graph.context() == null ? null : key[1], core);

            int scale = declared(graphs.main().declared().scale());
            float[] differences =
                    differences(key[0], picture, start, start, made, core, core, scale, new int[] {0, 0, core, core});
            assertThat(largest(differences)).isLessThanOrEqualTo(1e-4f);
        }
    }

    @ParameterizedTest
    @MethodSource("severalGraphs")
    void haltingIsDenseWhereNothingHaltsAndShallowWhereAllDoes(String name) throws OrtException {
        ModelGraphs graphs = ModelGraphs.of(files(name));
        PassGraph graph = graphs.get(Pass.HALTING);
        if (graph == null) {
            return;
        }
        int side = 6 * graph.window();
        Planes picture = Planes.drawn(side, side);
        float[] dense = whole(files(name), picture.samples(), side, side, OptionalDouble.empty()).samples;
        Made unreached = whole(files(name), picture.samples(), side, side, OptionalDouble.of(graph.blocks()));
        close(unreached.samples, dense, 1e-4f);
        assertThat(unreached.depths).containsOnly((byte) graph.blocks());
        Made reached = whole(files(name), picture.samples(), side, side, OptionalDouble.of(1e-6));
        int deeper = 0;
        for (byte depth : reached.depths) {
            deeper += depth > 1 ? 1 : 0;
        }
        // A graph may let one window go on, so that it need not compute on nothing.
        assertThat(deeper).isLessThanOrEqualTo(1);
        for (byte depth : whole(files(name), picture.samples(), side, side, OptionalDouble.of(0.95)).depths) {
            assertThat((int) depth).isBetween(1, graph.blocks());
        }
    }

    /** What a resolver makes of a picture. */
    private static final class Made {
        private final float[] samples;
        private final byte[] depths;

        Made(float[] samples, byte[] depths) {
            this.samples = samples;
            this.depths = depths;
        }
    }

    private static Made whole(ModelFiles files, float[] picture, int width, int height, OptionalDouble threshold) {
        Contract contract = OnnxResolver.declared(files).orElseThrow();
        Execution cpu = new Execution(Execution.Cuda.NEVER, 0, 2);
        try (SuperResolver resolver = OnnxResolver.open(files, "model", contract, cpu, threshold, Notices.none());
                TileBatch batch = resolver.newBatch(new TileShape(1, width, height))) {
            batch.input().put(0, picture);
            resolver.upscale(batch, PictureContext.NONE);
            float[] samples = new float[batch.output().capacity()];
            batch.output().get(0, samples);
            byte[] depths = new byte[batch.depths().capacity()];
            batch.depths().get(0, depths);
            return new Made(samples, depths);
        }
    }

    /** The enlarged picture and the context, which is empty without. */
    private static float[][] key(ModelGraphs graphs, Weights weights, Planes picture) throws OrtException {
        try (RawSession main = new RawSession(graphs, graphs.main().pass(), weights)) {
            float[] hr = main.run(picture, null, main.graph().picture().output().name());
            boolean looks = graphs.main().pass() == Pass.KEY;
            return new float[][] {hr, looks ? main.run(picture, null, contextOf(main)) : new float[0]};
        }
    }

    private static String contextOf(RawSession key) {
        return Objects.requireNonNull(key.graph().context()).name();
    }

    private static HaltingPlan dense(PassGraph graph, int width, int height) {
        return graph.takesLists()
                ? HaltingPlan.dense(graph.windows(1, width, height), graph.blocks())
                : HaltingPlan.dense(1, 1);
    }

    /** Lists as long as the grid of windows of the core and of the ring around it, whose width only the graph knows. */
    private static float[] ringed(RawSession windows, Planes part, float[] context, int core) throws OrtException {
        PassGraph graph = windows.graph();
        OrtException last = null;
        for (int ring = 0; ring <= 4; ring++) {
            try {
                int side = core + 2 * ring * graph.window();
                return windows.run(part, context, dense(graph, side, side));
            } catch (OrtException e) {
                last = e;
            }
        }
        throw last;
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

    private static void close(float[] made, float[] expected, float tolerance) {
        assertThat(made).hasSameSizeAs(expected);
        float worst = 0;
        for (int i = 0; i < made.length; i++) {
            assertThat(made[i]).isFinite();
            worst = Math.max(worst, Math.abs(made[i] - expected[i]));
        }
        assertThat(worst).isLessThanOrEqualTo(tolerance);
    }

    private static float largest(float[] values) {
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static int align(PassGraph graph) {
        return declared(graph.declared().align());
    }

    private static int declared(Integer value) {
        return Objects.requireNonNull(value);
    }

    private static ModelFiles files(String name) {
        return name.equals(BY_HEART)
                ? new TestPair("pair-x2").open()
                : ModelFiles.of(name, file -> {
                    try (InputStream in = Catalogue.class.getResourceAsStream(file)) {
                        return in == null ? null : in.readAllBytes();
                    }
                });
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = Catalogue.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }

    /** What {@link TestPair} makes of 4x2 pixels of 0.5: each has 4 or, in the middle, 6 pixels to blur. */
    private static float[] flatByHeart() {
        float[] flat = new float[3 * 8 * 4];
        for (int i = 0; i < flat.length; i++) {
            boolean edge = i % 8 < 2 || i % 8 >= 6;
            flat[i] = 0.5f * (edge ? 4 : 6) / 8 + 3 * TestPair.GAIN * 0.5f;
        }
        return flat;
    }
}
