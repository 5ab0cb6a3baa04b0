package io.upflux.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.models.onnx.OnnxBuilder;
import io.upflux.models.onnx.Pass;
import io.upflux.models.onnx.TestModels;
import io.upflux.models.onnx.TestPair;
import io.upflux.pipeline.PictureContext;
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
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Files that come into the catalogue, with all that belongs to them, or not at all. */
class ModelImportTest extends TestCatalogue {
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
}
