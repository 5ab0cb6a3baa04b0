package io.upflux.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.TileBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Files of one model that belong together, or do not. */
class ModelFilesTest {
    private final Said said = new Said();
    private final TestPair pair = new TestPair("pair-x2");

    @TempDir
    private Path folder;

    @Test
    void tellsWhatThereIs() {
        ModelFiles files = pair.open();

        assertThat(files.passes(Pass.KEY))
                .containsExactly(Pass.KEY, Pass.BODY, Pass.FEATURES, Pass.WINDOWS, Pass.HALTING);
        assertThat(files.weightFiles()).containsExactly("pair-x2.safetensors");
        assertThat(files.main().parameters()).isEqualTo(1 + 81 + 1);
        Contract contract = OnnxResolver.declared(files).orElseThrow();
        assertThat(contract.pass()).isEqualTo(Pass.KEY);
        assertThat(contract.context()).isEqualTo("context");
        assertThat(contract.window()).isEqualTo(2);
        assertThat(contract.blocks()).isEqualTo(3);
    }

    @Test
    void aSoundModelPassesTheThoroughCheckWithoutAWord() {
        OnnxResolver.inspect(pair.open(), true, said);
        assertThat(said.infos).isEmpty();
        assertThat(said.warnings).isEmpty();
    }

    @Test
    void findsItsFilesInAFolder() throws IOException {
        store();
        ModelFiles files = ModelFiles.read(folder.resolve("pair-x2.onnx"));

        assertThat(files.companions()).containsExactly(Pass.BODY, Pass.FEATURES, Pass.WINDOWS, Pass.HALTING);
        OnnxResolver.inspect(files, true, said);
        assertThat(said.warnings).isEmpty();
        float there = firstSample(files);
        assertThat(there).isNotZero().isEqualTo(firstSample(pair.open()));
    }

    @ParameterizedTest
    @EnumSource(names = {"BODY", "FEATURES", "WINDOWS", "HALTING"})
    void aGraphBesideTheMainOneIsNoModel(Pass pass) throws IOException {
        store();
        Path file = folder.resolve("pair-x2" + pass.suffix());

        assertThatThrownBy(() -> OnnxResolver.declared(ModelFiles.read(file)))
                .isInstanceOf(StreamException.class)
                .hasMessage(file + ": is the " + pass
                        + " graph of a model, which is not run on its own; name the model's main file, "
                        + folder.resolve("pair-x2.onnx"));
    }

    @Test
    void refusesAKeyGraphThatGivesNoContext() {
        refused(Pass.KEY, model -> model.metadata("upflux.context", "seen"), "pass = key", "no output 'seen'");
        refused(Pass.KEY, model -> model.without("upflux.context"), "pass = key", "names no upflux.context");
        refused(Pass.KEY, model -> model.without("upflux.window"), "blocks = 3", "no upflux.window");
        refused(Pass.KEY, model -> model.metadata("upflux.align", "3"), "upflux.align = 3", "windows of 2 pixels");
        refused(Pass.KEY, model -> model.input("more", 1, 1), "wants an input 'more'");
        refusedKey(key -> key.output("hr", 1, "n", 3, "", "").output("context", 1, 1, "free"), "[1, free]", "fixed");
        refusedKey(key -> key.output("hr", 1, "n", 3, "", "").output("context", 1, 2, 3), "[2, 3]", "first side is 1");
        refusedKey(key -> key.output("hr", 1, "n", 3, "", "").output("context", 7, 1, 3), "'context'", "int64");
        refusedKey(key -> key.output("hr", 1, "n", 3, "", "").output("context", 1, 1, 3), "no output 'confidence'");
        refusedKey(key -> key.output("context", 1, 1, 3), "no output 'hr'");
    }

    @Test
    void refusesBodiesThatDoNotTakeWhatTheyShould() {
        for (Pass pass : new Pass[] {Pass.BODY, Pass.FEATURES}) {
            refused(pass, model -> model.metadata("upflux.gather", "gather.2"), "blocks = 3", "lists 1 gather");
            refused(pass, model -> model.without("upflux.gather"), "blocks = 3", "lists 0 gather");
            refused(pass, model -> model.metadata("upflux.gather", "gather.2,rows"), "no input 'rows'");
            refused(pass, model -> model.metadata("upflux.context", "seen"), "no input 'seen'");
        }
        refused(Pass.WINDOWS, model -> model.without("upflux.margin"), "pass = windows", "upflux.margin");
        refused(Pass.BODY, model -> model.without("upflux.halo"), "states no upflux.halo");
        refused(Pass.HALTING, model -> model.input("more", 1, 1), "wants an input 'more'");
    }

    @Test
    void refusesStagesThatDoNotMeet() {
        refused(Pass.FEATURES, model -> model.without("upflux.margin"), "pass = features", "upflux.margin");
        refused(Pass.WINDOWS, model -> model.without("upflux.reach"), "pass = windows", "upflux.reach");
        refused(Pass.WINDOWS, model -> model.metadata("upflux.reach", "far"), "upflux.reach = 'far'", "whole number");
        refused(Pass.WINDOWS, model -> model.input("more", 1, 1), "wants an input 'more'");
        refusedAs(
                new TestPair("pair-x2").without(".features.onnx"),
                "pair-x2.windows.onnx: takes 'features'",
                "features");
        refusedAs(
                new TestPair("pair-x2").without(".windows.onnx"), "pair-x2.features.onnx: makes 'features'", "windows");
        refusedWindows(windows -> windows, "blocks = 3", "no input 'features'");
        refusedWindows(windows -> windows.input("features", 1, "n", "", "", 4), "4 features a pixel", "makes 3");
        refusedWindows(windows -> windows.input("features", 1, "n", "", "", "c"), "free]", "fixed last side");
        refusedWindows(windows -> windows.input("features", 7, "n", "", "", 3), "'features'", "int64");
        for (Pass pass : new Pass[] {Pass.KEY, Pass.BODY, Pass.HALTING}) {
            String file = pass == Pass.KEY ? "pair-x2: " : "pair-x2." + pass + ".onnx: ";
            refusedAs(new TestPair("pair-x2").withoutFeatures(pass), file, "makes no 'features'");
        }
    }

    @Test
    void refusesGraphsForTheEdgeThatDoNotGoWithThoseForTheInside() {
        OnnxResolver.inspect(new TestPair("pair-x2").withEdges().open(), true, said);
        assertThat(said.warnings).isEmpty();

        for (Pass pass : new Pass[] {Pass.EDGE_FEATURES, Pass.EDGE_WINDOWS}) {
            String file = "pair-x2." + pass + ".onnx: ";
            refusedAs(new TestPair("pair-x2").put(pass, model -> model), file, "beside each other");
            refusedAs(
                    new TestPair("pair-x2").withEdges().put(pass, model -> model.metadata("upflux.margin", "3")),
                    file,
                    "upflux.margin = 3",
                    "says ");
        }
        refusedAs(
                new TestPair("pair-x2")
                        .put(
                                Pass.EDGE_FEATURES,
                                new OnnxBuilder()
                                        .input("lr", 1, "n", 3, "h", "w")
                                        .output("features", 1, "n", "", "", 3)
                                        .node("Transpose", "lr", "features", Map.of())),
                "pair-x2.edge-features.onnx: ",
                "no input '");
        refusedAs(
                new TestPair("pair-x2")
                        .withEdges()
                        .put(Pass.EDGE_WINDOWS, model -> model.metadata("upflux.reach", "2")),
                "pair-x2.edge-windows.onnx: ",
                "upflux.reach = 2",
                "pair-x2.windows.onnx says 1");
        refused(Pass.FEATURES, model -> model.input(PassGraph.INSIDE, 1, "n", 1, "", ""), "wants an input 'inside'");
    }

    @Test
    void refusesAFirstStageWhoseWholePicturesHaveNoGraph() {
        refusedAs(
                new TestPair("pair-x2").without(".body.onnx"),
                "pair-x2.features.onnx: ",
                "upflux.context = context",
                "body graph");
    }

    @Test
    void refusesFilesThatDoNotBelongTogether() {
        refused(Pass.BODY, model -> model.metadata("upflux.scale", "3"), "upflux.scale = 3", "pair-x2 says 2");
        refused(Pass.BODY, model -> model.metadata("upflux.window", "1"), "upflux.window = 1", "says 2");
        refused(Pass.HALTING, model -> model.metadata("upflux.blocks", "4"), "upflux.blocks = 4", "says 3");
        refused(Pass.HALTING, model -> model.metadata("upflux.pass", "body"), "its name says", "upflux.pass = body");
        refused(
                Pass.BODY,
                model -> model.metadata("upflux.weights", "0".repeat(64)),
                "upflux.weights = 0000",
                "export");
        refused(Pass.KEY, model -> model.metadata("upflux.weights", "beef"), "upflux.weights = 'beef'", "SHA-256");
        refused(Pass.BODY, model -> model.metadata("upflux.blocks", "0"), "wants an input 'gather.2'");
    }

    @Test
    void refusesAContextOfAnotherShape() {
        byte[] body = new OnnxBuilder()
                .input("lr", 1, "n", 3, "h", "w")
                .input("context", 1, 1, 4, 1, 1)
                .output("hr", 1, "n", 3, "", "")
                .node("Add", "lr context", "hr", Map.of())
                .metadata("upflux.pass", "body")
                .metadata("upflux.context", "context")
                .build();
        ModelFiles files = ModelFiles.of("two", Map.of("two.onnx", smallKey(), "two.body.onnx", body)::get);

        assertThatThrownBy(() -> OnnxResolver.declared(files))
                .isInstanceOf(StreamException.class)
                .hasMessageContainingAll("two.body.onnx", "[1, 4, 1, 1]", "two gives", "[1, 3, 1, 1]");
    }

    @Test
    void refusesOtherWeightsThanTheGraphsWereMadeFor() throws IOException {
        byte[] weights = pair.weights().clone();
        weights[20]++;
        pair.files().put("pair-x2.safetensors", weights);
        store();
        for (ModelFiles files : new ModelFiles[] {pair.open(), ModelFiles.read(folder.resolve("pair-x2.onnx"))}) {
            refusedToOpen(files, "other weights", "pair-x2.safetensors");
        }
        Files.delete(folder.resolve("pair-x2.safetensors"));
        refusedToOpen(ModelFiles.read(folder.resolve("pair-x2.onnx")), "pair-x2.safetensors", "missing");
        refusedToOpen(pair.without(".safetensors").open(), "pair-x2.safetensors", "missing");
    }

    @Test
    void refusesWeightsThatEndTooEarly() {
        byte[] whole = pair.weights();
        pair.files().put("pair-x2.safetensors", Arrays.copyOf(whole, whole.length - 2));
        for (Pass pass : Pass.values()) {
            if (pass != Pass.PLAIN && !pass.atEdge()) {
                pair.put(pass, model -> model.without("upflux.weights"));
            }
        }
        refusedToOpen(pair.open(), "'blur.half'", "truncated");
    }

    @Test
    void theThoroughCheckRunsEveryGraph() {
        pair.put(Pass.BODY, model -> model.metadata("upflux.context", "context"));
        ModelFiles same = pair.open();
        OnnxResolver.inspect(same, true, said);

        byte[] body = new OnnxBuilder()
                .input("lr", 1, "n", 3, "h", "w")
                .input("context", 1, 1, 3, 1, 1)
                .output("hr", 1, "n", 3, "", "")
                .node("Sub", "lr context", "hr", Map.of())
                .metadata("upflux.pass", "body")
                .metadata("upflux.halo", "0")
                .metadata("upflux.context", "context")
                .build();
        ModelFiles other = ModelFiles.of("two", Map.of("two.onnx", smallKey(), "two.body.onnx", body)::get);
        assertThatThrownBy(() -> OnnxResolver.inspect(other, true, said))
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith("two.body.onnx: makes another picture than two ");
    }

    @Test
    void theThoroughCheckComparesSquaresOfALocalNetwork() {
        assertThat(inspected(TestModels.valid(2, 1, 1f))).isEqualTo(1);
        for (OnnxBuilder other : List.of(TestModels.valid(2, 1, 1.01f), TestModels.valid(2, 0, 1f))) {
            assertThatThrownBy(() -> inspected(other))
                    .isInstanceOf(StreamException.class)
                    .hasMessageStartingWith("two.windows.onnx: makes another picture than two ");
        }
    }

    /** The halo of a blur with a graph for squares. */
    private int inspected(OnnxBuilder windows) {
        byte[] main = TestModels.declare(TestModels.blur(2, 1), 2, 1).build();
        byte[] companion = TestModels.declare(windows, 2, 1)
                .metadata("upflux.pass", "windows")
                .metadata("upflux.margin", "1")
                .build();
        ModelFiles files = ModelFiles.of("two", Map.of("two.onnx", main, "two.windows.onnx", companion)::get);
        return OnnxResolver.inspect(files, true, said).halo();
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "PLAIN")
    void namesTellWhichFileLeads(Pass pass) {
        assertThat(Pass.namesLeader("a-x2" + pass.suffix())).isEqualTo(pass == Pass.KEY);
        assertThat(Pass.namesLeader("a-x2.safetensors")).isFalse();
        assertThat(Pass.named(pass.toString())).isEqualTo(pass);
        assertThat(Pass.named("other")).isNull();
    }

    /** Adds the picture's mean. */
    private static byte[] smallKey() {
        return new OnnxBuilder()
                .input("lr", 1, "n", 3, "h", "w")
                .output("hr", 1, "n", 3, "", "")
                .output("context", 1, 1, 3, 1, 1)
                .node("ReduceMean", "lr", "context", Map.of("axes", new long[] {0, 2, 3}))
                .node("Add", "lr context", "hr", Map.of())
                .metadata("upflux.pass", "key")
                .metadata("upflux.halo", "0")
                .metadata("upflux.context", "context")
                .build();
    }

    private void refused(Pass pass, UnaryOperator<OnnxBuilder> change, String... parts) {
        TestPair changed = new TestPair("pair-x2").put(pass, change);
        String file = pass == Pass.KEY ? "pair-x2" : "pair-x2" + pass.suffix();
        assertThatThrownBy(() -> OnnxResolver.declared(changed.open()))
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContainingAll(parts)
                .hasMessageNotContaining("\n");
    }

    private static void refusedAs(TestPair changed, String start, String... parts) {
        assertThatThrownBy(() -> OnnxResolver.declared(changed.open()))
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith(start)
                .hasMessageContainingAll(parts)
                .hasMessageNotContaining("\n");
    }

    /** A last stage that is nothing but its signature. */
    private static void refusedWindows(UnaryOperator<OnnxBuilder> inputs, String... parts) {
        OnnxBuilder windows = new OnnxBuilder()
                .input("lr", 1, "n", 3, "h", "w")
                .output("hr", 1, "n", 3, "", "")
                .node("Identity", "lr", "hr", Map.of());
        refusedAs(new TestPair("pair-x2").put(Pass.WINDOWS, inputs.apply(windows)), "pair-x2.windows.onnx: ", parts);
    }

    private static void refusedKey(UnaryOperator<OnnxBuilder> outputs, String... parts) {
        OnnxBuilder key = new OnnxBuilder()
                .input("lr", 1, "n", 3, "h", "w")
                .metadata("upflux.pass", "key")
                .metadata("upflux.context", "context")
                .metadata("upflux.window", "8")
                .metadata("upflux.blocks", "2");
        byte[] bytes = outputs.apply(key).build();
        assertThatThrownBy(() -> OnnxResolver.declared(ModelFiles.of("key", Map.of("key.onnx", bytes)::get)))
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith("key: ")
                .hasMessageContainingAll(parts);
    }

    private void refusedToOpen(ModelFiles files, String... parts) {
        Contract contract = OnnxResolver.declared(files).orElseThrow();
        assertThatThrownBy(() -> open(files, contract))
                .isInstanceOf(StreamException.class)
                .hasMessageContainingAll(parts)
                .hasMessageNotContaining("\n");
    }

    private SuperResolver open(ModelFiles files, Contract contract) {
        Execution cpu = new Execution(Execution.Gpu.NEVER, 0, 1);
        return OnnxResolver.open(files, "pair-x2", contract, cpu, OptionalDouble.empty(), said);
    }

    private float firstSample(ModelFiles files) {
        try (SuperResolver resolver = open(files, OnnxResolver.declared(files).orElseThrow());
                TileBatch batch = resolver.newBatch(new TileShape(1, 4, 4))) {
            for (int i = 0; i < batch.input().capacity(); i++) {
                batch.input().put(i, i / 48f);
            }
            resolver.upscale(batch, PictureContext.NONE);
            return batch.output().get(0);
        }
    }

    private void store() throws IOException {
        for (Map.Entry<String, byte[]> file : pair.files().entrySet()) {
            Files.write(folder.resolve(file.getKey()), file.getValue());
        }
    }
}
