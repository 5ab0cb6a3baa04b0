package io.upflux.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.upflux.models.onnx.ModelFiles;
import io.upflux.models.onnx.OnnxBuilder;
import io.upflux.models.onnx.OnnxFile;
import io.upflux.models.onnx.Pass;
import io.upflux.models.onnx.Said;
import io.upflux.models.onnx.TestModels;
import io.upflux.models.onnx.TestPair;
import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.TileBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogueTest {
    @TempDir
    private Path folder;

    private final Said said = new Said();
    private final Map<String, byte[]> bundled = new TreeMap<>();

    @Test
    void findsByFullNameAndByNameAndScale() {
        bundle("esc-x2", 2);
        bundle("esc-x4", 4);
        bundle("esc-light-x3", 3);

        assertThat(find("esc-x2", null).name()).isEqualTo("esc-x2");
        assertThat(find("ESC-x4", 4).name()).isEqualTo("esc-x4");
        assertThat(find("esc", 4).name()).isEqualTo("esc-x4");
        assertThat(find("esc", null).name()).as("scale 2 unless told").isEqualTo("esc-x2");
        assertThat(find("esc-light", null).name()).as("its only scale").isEqualTo("esc-light-x3");
        assertThat(find("bicubic", 3).name()).isEqualTo("bicubic-x3");
        assertThat(find("bicubic", null).name()).isEqualTo("bicubic-x2");
        assertThat(find("lanczos-x8", null).scale()).isEqualTo(8);
        assertThat(find("identity", null).name()).isEqualTo("identity-x1");
    }

    @Test
    void defaultsToTheTrainedNetworkOfTheScaleOrElseToLanczosAndSaysSo() {
        bundle("plain-s-x2", 2);
        bundle("heavy-x2", 2);

        assertThat(find(null, null).name()).isEqualTo("plain-s-x2");
        assertThat(find(null, 2).name()).isEqualTo("plain-s-x2");
        assertThat(said.infos).isEmpty();
        assertThat(find(null, 3).name()).isEqualTo("lanczos-x3");
        assertThat(said.infos).singleElement().asString().contains("scale 3", "lanczos-x3");
        refused(null, 9, "no model enlarges by 9", "1 to 8");
    }

    @Test
    void streamsDefaultToTheKindTrainedOnCompressedVideo() {
        bundle("plain-s-stream-x2", 2);
        bundle("plain-s-x2", 2);
        bundle("plain-s-x4", 4);

        assertThat(find(null, null).name()).isEqualTo("plain-s-x2");
        assertThat(catalogue().findForStream(null, null).name()).isEqualTo("plain-s-stream-x2");
        assertThat(catalogue().findForStream(null, 4).name()).isEqualTo("plain-s-x4");
        assertThat(catalogue().findForStream("plain-s", 2).name()).isEqualTo("plain-s-x2");
    }

    @Test
    void refusesInOneLineAndNamesWhatIsNear() {
        bundle("esc-x2", 2);
        bundle("esc-light-x3", 3);
        bundle("plain-s-x2", 2);
        bundle("plain-s-x3", 3);

        refused("plane-s", null, "'plane-s'", "nearest: plain-s-x2, plain-s-x3");
        refused("bicubik-x2", null, "nearest: bicubic-x2");
        refused("light", 3, "nearest: esc-light-x3");
        refused("esc", 3, "esc does not enlarge by 3", "scale 2");
        refused("esc-x7", null, "esc does not enlarge by 7", "scale 2");
        refused("bicubic", 9, "bicubic does not enlarge by 9", "1 to 8");
        refused("identity-x2", null, "exists for scale 1");
        refused("plain-s-x2", 3, "enlarges by 2, not by 3");
    }

    @Test
    void asksForTheScaleWhereNoneIsUsual() {
        bundle("odd-x3", 3);
        bundle("odd-x4", 4);
        refused("odd", null, "3, 4", "say which");
    }

    @Test
    void listsNetworksThenImportsThenResizers() throws IOException {
        bundle("plain-s-x2", 2);
        Path file = write("My Model.onnx", TestModels.nearest(3));
        catalogue().importFile(file);

        List<ModelCard> cards = catalogue().list();

        assertThat(cards)
                .extracting(ModelCard::name)
                .containsExactly(
                        "plain-s-x2",
                        "my-model-x3",
                        "bicubic-x2",
                        "bicubic-x3",
                        "bicubic-x4",
                        "lanczos-x2",
                        "lanczos-x3",
                        "lanczos-x4",
                        "identity-x1");
        assertThat(cards.get(0).bundled()).isTrue();
        assertThat(cards.get(0).psnr()).containsEntry("set5", 30.5);
        assertThat(cards.get(0).sha256())
                .isEqualTo(OnnxFile.of(
                                "x",
                                TestModels.declare(TestModels.nearest(2), 2, 0).build())
                        .sha256());
        assertThat(cards.get(1).source())
                .isEqualTo(imports().resolve("my-model-x3.onnx").toString());
        assertThat(cards.get(1).state()).isEqualTo("imported");
        assertThat(cards.get(2).trained()).isFalse();
    }

    @Test
    void aBrokenFileInTheFolderIsLeftOutWithAWarning() throws IOException {
        Files.createDirectories(imports());
        Files.writeString(imports().resolve("junk-x2.onnx"), "no model at all");

        assertThat(catalogue().list()).hasSize(7);
        assertThat(said.warnings).singleElement().asString().contains("junk-x2.onnx", "text file", "left out");
    }

    @Test
    void importsWithWhatAProbeFoundAndOpensIt() throws IOException {
        Path file = write("Sharp_v2.onnx", TestModels.blur(2, 3));
        ModelCard card = catalogue().importFile(file);

        assertThat(card.name()).isEqualTo("sharp-v2-x2");
        assertThat(card.contract().halo()).isEqualTo(3);
        assertThat(said.infos).hasSize(1);
        assertThat(imports()).isDirectoryNotContaining(other -> !other.endsWith("sharp-v2-x2.onnx"));
        ModelCard found = find("sharp-v2", 2);
        assertThat(found).isEqualTo(card);
        assertThat(said.infos).as("nothing is probed again").hasSize(1);
        try (SuperResolver resolver = catalogue().open(found, Device.CPU, 1);
                TileBatch batch = resolver.newBatch(new TileShape(1, 9, 9))) {
            assertThat(resolver.traits().name()).isEqualTo("sharp-v2-x2");
            resolver.upscale(batch, PictureContext.NONE);
        }
    }

    @Test
    void importRefusesTakenNamesBadFilesAndScatteredWeights() throws IOException {
        bundle("plain-s-x2", 2);
        Path taken = write("plain-s-x2.onnx", TestModels.nearest(2));
        Path text = Files.writeString(folder.resolve("text.onnx"), "words");
        OnnxBuilder scattered = TestModels.nearest(2).external("w", "weights.bin", 4, 4);
        Path pointing = write("scattered.onnx", scattered);

        assertThatThrownBy(() -> catalogue().importFile(taken)).hasMessageContaining("named plain-s-x2 already");
        assertThatThrownBy(() -> catalogue().importFile(text)).hasMessageContaining("a text file");
        assertThatThrownBy(() -> catalogue().importFile(pointing)).hasMessageContaining("weights.bin");
        assertThat(imports()).doesNotExist();
    }

    @Test
    void importsAllFilesOfAModelThatHasSeveral() throws IOException {
        Path main = write(new TestPair("pair-x2"));

        ModelCard card = catalogue().importFile(main);

        assertThat(card.name()).isEqualTo("pair-x2");
        assertThat(card.halts()).isTrue();
        assertThat(imports().toFile().list())
                .containsExactlyInAnyOrder(
                        "pair-x2.onnx",
                        "pair-x2.body.onnx",
                        "pair-x2.features.onnx",
                        "pair-x2.windows.onnx",
                        "pair-x2.halting.onnx",
                        "pair-x2.safetensors");
        assertThat(catalogue().list()).extracting(ModelCard::name).containsOnlyOnce("pair-x2");
        assertThat(catalogue().list()).hasSize(8);
        try (SuperResolver resolver = catalogue().open(find("pair", 2), Device.CPU, 1, new Halting(0.95));
                TileBatch batch = resolver.newBatch(new TileShape(1, 8, 8))) {
            resolver.upscale(batch, PictureContext.NONE);
            assertThat(batch.depths().get(15)).isEqualTo((byte) 3);
        }
        assertThat(said.warnings).isEmpty();
    }

    /** As a network in float and one in 8 bits do. */
    @Test
    void importsModelsThatShareTheirWeights() throws IOException, NoSuchAlgorithmException {
        write(sharing("one-x2", 1));
        Path eightBits = write(sharing("one-int8-x2", 1));
        catalogue().importFile(eightBits);
        catalogue().importFile(folder.resolve("one-x2.onnx"));

        assertThat(imports().toFile().list())
                .containsExactlyInAnyOrder("one-x2.onnx", "one-int8-x2.onnx", "one-x2.safetensors");
        for (String name : new String[] {"one-x2", "one-int8-x2"}) {
            catalogue().open(find(name, null), Device.CPU, 1).close();
        }
        Path other = write(sharing("one-stream-x2", 0.5f));
        assertThatThrownBy(() -> catalogue().importFile(other))
                .hasMessageContainingAll(
                        "has another one-x2.safetensors", "export this one with weights of another name");
        assertThat(imports()).isDirectoryNotContaining("glob:**one-stream*");
    }

    /** A model that multiplies by a weight in {@code one-x2.safetensors}. */
    private static Map<String, byte[]> sharing(String name, float weight) throws NoSuchAlgorithmException {
        byte[] weights = ByteBuffer.allocate(Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(weight)
                .array();
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(weights);
        OnnxBuilder model = new OnnxBuilder()
                .input("lr", OnnxBuilder.FLOAT, "n", 3, "h", "w")
                .output("hr", OnnxBuilder.FLOAT, "n", 3, "", "")
                .longs("repeat", 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2)
                .external("weight", OnnxBuilder.FLOAT, "one-x2.safetensors", 0, Float.BYTES, 1)
                .node("Mul", "lr weight", "weighed", Map.of())
                .node("Gather", "weighed repeat", "wide", Map.of("axis", 1))
                .node("DepthToSpace", "wide", "hr", Map.of("blocksize", 2, "mode", "CRD"));
        TestModels.declare(model, 2, 0)
                .metadata("upflux.weights", HexFormat.of().formatHex(hash));
        return Map.of(name + ".onnx", model.build(), "one-x2.safetensors", weights);
    }

    @Test
    void importRefusesAModelThatLacksAFileOrWouldBeRenamed() throws IOException {
        Path renamed = write(new TestPair("Pair_two"));
        assertThatThrownBy(() -> catalogue().importFile(renamed)).hasMessageContainingAll("pair-two-x2", "renamed");
        Path main = write(new TestPair("pair-x2"));
        for (String pass : new String[] {"body", "features", "windows"}) {
            Files.delete(folder.resolve("pair-x2." + pass + ".onnx"));
        }
        assertThatThrownBy(() -> catalogue().importFile(main)).hasMessageContainingAll("lacks pair-x2.body.onnx");
        Files.delete(folder.resolve("pair-x2.safetensors"));
        assertThatThrownBy(() -> catalogue().importFile(main))
                .hasMessageContainingAll("pair-x2.safetensors", "missing");
        assertThat(imports()).doesNotExist();
    }

    @Test
    void haltsOnlyWhatCan() {
        bundle("plain-s-x2", 2);
        ModelCard plain = find("plain-s-x2", null);
        ModelCard bicubic = find("bicubic-x2", null);
        Halting early = Halting.parse("0.95");
        assertThatThrownBy(() -> catalogue().open(plain, Device.CPU, 1, early))
                .isInstanceOf(StreamException.class)
                .hasMessage("model plain-s-x2 cannot halt early; no model here can");
        bundled.putAll(new TestPair("pair-x2").files());
        assertThatThrownBy(() -> catalogue().open(bicubic, Device.CPU, 1, early))
                .hasMessage("model bicubic-x2 cannot halt early; models that can: pair-x2");
        try (SuperResolver resolver = catalogue().open(find("pair-x2", null), Device.CPU, 1, early)) {
            assertThat(resolver.traits().blocks()).isEqualTo(3);
        }
        catalogue().open(plain, Device.CPU, 1, Halting.parse("off")).close();
    }

    @Test
    void aPathIsAModelToo() throws IOException {
        Path file = write("any name.onnx", TestModels.blur(4, 1));
        ModelCard card = find(file.toString(), null);

        assertThat(card.name()).isEqualTo("any name");
        assertThat(card.scale()).isEqualTo(4);
        assertThat(card.bundled()).isFalse();
        assertThat(said.infos).singleElement().asString().startsWith(file.toString());
        try (SuperResolver resolver = catalogue().open(card, Device.AUTO)) {
            assertThat(resolver.traits().scale()).isEqualTo(4);
        }
        refused(file.toString(), 2, "enlarges by 4, not by 2");
        refused(folder.resolve("gone.onnx").toString(), null, "no such model file");
    }

    @Test
    void verifyMeasuresWhatIsDeclared() throws IOException {
        Path liar = write("liar.onnx", TestModels.declare(TestModels.blur(2, 4), 2, 1));
        assertThat(catalogue().verify(liar).contract().halo()).isEqualTo(1);
        assertThat(said.warnings).singleElement().asString().contains("halo of 1");
    }

    @Test
    void opensResizers() {
        for (ModelCard card : catalogue().list()) {
            try (SuperResolver resizer = catalogue().open(card, Device.AUTO)) {
                assertThat(resizer.traits().name()).isEqualTo(card.name());
                assertThat(resizer.traits().halo()).isEqualTo(card.contract().halo());
                assertThat(resizer.traits().provider()).isEqualTo("java");
            }
        }
    }

    @Test
    void cardsAreFlatJson() {
        bundle("plain-s-x2", 2);
        JsonNode json = new ObjectMapper().valueToTree(find("plain-s-x2", null));

        assertThat(json.get("name").asText()).isEqualTo("plain-s-x2");
        assertThat(json.get("scale").asInt()).isEqualTo(2);
        assertThat(json.get("state").asText()).isEqualTo("preview");
        assertThat(json.get("psnr").get("set5").asDouble()).isEqualTo(30.5);
        assertThat(json.get("format").asText()).isEqualTo("rgb_f32");
        assertThat(json.get("sha256").asText()).hasSize(64);
        assertThat(json.has("contract")).isFalse();
    }

    @Test
    void everyBundledModelKeepsItsContract() {
        BundledShelf shelf = new BundledShelf(Catalogue.class);
        for (String name : shelf.names()) {
            ModelName parsed = ModelName.parse(name);
            assertThat(parsed).as(name).isNotNull();
            ModelCard card = Catalogue.standard(said).find(name, null);
            assertThat(card.scale()).isEqualTo(parsed.scale());
            assertThat(card.contract().licence()).as(name).isNotEmpty();
            assertThat(card.contract().training()).as(name).isNotEmpty();
            assertThat(card.psnr()).as(name).isNotEmpty();
            assertThat(card.state()).isIn("preview", "final");
            try (SuperResolver resolver = Catalogue.standard(said).open(card, Device.CPU)) {
                assertThat(resolver.traits().name()).isEqualTo(name);
            }
        }
        assertThat(said.infos).isEmpty();
        assertThat(said.warnings).isEmpty();
    }

    private void bundle(String name, int scale) {
        bundled.put(
                name + ".onnx",
                TestModels.declare(TestModels.nearest(scale), scale, 0).build());
    }

    private Path imports() {
        return folder.resolve("models");
    }

    private Path write(TestPair pair) throws IOException {
        return write(pair.files());
    }

    private Path write(Map<String, byte[]> files) throws IOException {
        Path main = folder;
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path written = Files.write(folder.resolve(file.getKey()), file.getValue());
            main = Pass.namesLeader(file.getKey()) ? written : main;
        }
        return main;
    }

    private Path write(String name, OnnxBuilder model) throws IOException {
        return Files.write(folder.resolve(name), model.build());
    }

    private ModelCard find(@Nullable String name, @Nullable Integer scale) {
        return catalogue().find(name, scale);
    }

    private void refused(@Nullable String name, @Nullable Integer scale, String... parts) {
        assertThatThrownBy(() -> find(name, scale))
                .isInstanceOf(StreamException.class)
                .hasMessageContainingAll(parts)
                .hasMessageNotContaining("\n");
    }

    private Catalogue catalogue() {
        Shelf shelf = new Shelf() {
            @Override
            public List<String> names() {
                return BundledShelf.models(bundled.keySet().stream());
            }

            @Override
            public ModelFiles open(String name) {
                return ModelFiles.of(name, bundled::get);
            }

            @Override
            public String source(String name) {
                return ModelCard.BUNDLED;
            }
        };
        return new Catalogue(shelf, imports(), said);
    }
}
