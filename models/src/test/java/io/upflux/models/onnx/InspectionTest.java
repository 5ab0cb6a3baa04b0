package io.upflux.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.models.onnx.Contract.Format;
import io.upflux.models.onnx.Contract.Range;
import io.upflux.models.onnx.Contract.Size;
import io.upflux.pipeline.StreamException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InspectionTest {
    private final Said said = new Said();

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 1", "2, 7", "3, 4", "4, 12"})
    void probesScaleAndHaloOfAFileThatSaysNothing(int scale, int reach) {
        Contract contract = probe(TestModels.blur(scale, reach));

        assertThat(contract.scale()).isEqualTo(scale);
        assertThat(contract.halo()).isEqualTo(reach);
        assertThat(contract.align()).isEqualTo(1);
        assertThat(contract.range()).isEqualTo(Range.UNIT);
        assertThat(contract.format()).isEqualTo(Format.RGB_F32);
        assertThat(contract.tile()).isNull();
        assertThat(contract.state()).isEqualTo("imported");
        assertThat(said.infos).singleElement().asString().contains("scale " + scale, "halo " + reach, "white 1");
        assertThat(said.warnings).isEmpty();
    }

    @Test
    void saysWhatOneKeyThatIsMissingWasFoundToBe() {
        probe(TestModels.declare(TestModels.blur(3, 2), 3, 2).without("upflux.scale"));

        assertThat(said.infos).singleElement().asString().contains("says nothing of its scale;", "found scale 3");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 8, 12, 48})
    void probesTheStepOfSizes(int step) {
        assertThat(probe(TestModels.stepped(2, step)).align()).isEqualTo(step);
    }

    @Test
    void probesWhite() {
        assertThat(probe(TestModels.bytes(2)).range()).isEqualTo(Range.BYTE);
    }

    @Test
    void assumesALargeHaloWhereEverythingDependsOnEverything() {
        assertThat(probe(TestModels.pooled(2)).halo()).isEqualTo(Prober.CONSERVATIVE_HALO);
        assertThat(said.infos).singleElement().asString().contains("joins of tiles may show");
    }

    @ParameterizedTest
    @CsvSource({"1, 1, y_f32", "3, 1, rgb_f32", "1, 10, y_f16", "3, 10, rgb_f16"})
    void acceptsLumaAndHalfPrecision(int channels, int type, String format) {
        Contract contract = probe(TestModels.nearest(channels, 2, type, "n", "h", "w"));

        assertThat(contract.format()).hasToString(format);
        assertThat(contract.scale()).isEqualTo(2);
        assertThat(contract.halo()).isZero();
    }

    @Test
    void acceptsAFixedSizeAndBatch() {
        Contract contract = probe(TestModels.blur(2, 3, 2, 40, 56));
        assertThat(said.infos).singleElement().asString().contains("tiles of 56x40 only");

        assertThat(contract.tile()).isEqualTo(new Size(56, 40));
        assertThat(contract.batch()).isEqualTo(2);
        assertThat(contract.halo()).isEqualTo(3);
    }

    @Test
    void runsNothingWhereAllIsDeclared() {
        Contract contract = Inspection.declared(
                files(TestModels.declare(TestModels.blur(2, 3), 2, 3).metadata("upflux.window", "8")));

        assertThat(contract).isNotNull();
        assertThat(contract.network()).isEqualTo("test");
        assertThat(contract.window()).isEqualTo(8);
        assertThat(contract.psnr()).isEqualTo(Map.of("set5", 30.5));
        assertThat(contract.state()).isEqualTo("preview");
        assertThat(Inspection.declared(files(TestModels.blur(2, 3)))).isNull();
    }

    @Test
    void writesWhatWasProbedIntoTheFile() {
        OnnxFile silent = file(TestModels.blur(3, 2));
        Contract probed = OnnxResolver.inspect(ModelFiles.alone(silent), false, said);

        ModelFiles talking = ModelFiles.alone(OnnxFile.of("copy.onnx", silent.withContract(probed)));

        assertThat(OnnxResolver.declared(talking)).contains(probed);
        assertThat(OnnxResolver.inspect(talking, true, said)).isEqualTo(probed);
        assertThat(said.infos).hasSize(1);
        assertThat(said.warnings).isEmpty();
    }

    @Test
    void countsParameters() {
        assertThat(file(TestModels.blur(2, 1)).parameters()).isEqualTo(12 * 3 * 9);
        assertThat(file(TestModels.blur(2, 1).metadata("upflux.parameters", "17"))
                        .parameters())
                .isEqualTo(17);
    }

    @Test
    void measuresWhatIsDeclaredWhenAskedTo() {
        OnnxResolver.inspect(files(TestModels.declare(TestModels.blur(2, 5), 2, 3)), true, said);
        assertThat(said.warnings).singleElement().asString().contains("5 away", "halo of 3");

        refused(TestModels.declare(TestModels.stepped(2, 4), 2, 0), true, "upflux.align = 1", "steps of 4");
    }

    @Test
    void refusesMetadataThatContradictsTheGraph() {
        refused(TestModels.declare(TestModels.blur(2, 1), 3, 1), false, "upflux.scale = 3", "says 2");
        refused(TestModels.blur(2, 1).metadata("upflux.format", "y_f32"), false, "upflux.format = y_f32", "rgb_f32");
        refused(TestModels.blur(2, 1).metadata("upflux.format", "yuv420_u8"), false, "yuv420_u8");
        refused(TestModels.blur(2, 1, 1, 64, 64).metadata("upflux.tile", "32x32"), false, "32x32", "64x64");
        refused(TestModels.blur(2, 1, 1, 64, 64).metadata("upflux.tile", "free"), false, "free", "64x64");
        refused(TestModels.blur(2, 1, 1, 64, 64).metadata("upflux.batch", "4"), false, "upflux.batch = 4", "says 1");
        refused(TestModels.blur(2, 1).metadata("upflux.scale", "two"), false, "upflux.scale = 'two'");
        refused(TestModels.blur(2, 1).metadata("upflux.psnr", "{"), false, "upflux.psnr");
        refused(TestModels.blur(2, 1).metadata("upflux.pass", "head"), false, "upflux.pass = 'head'", "features");
        refused(TestModels.blur(2, 1, 1, 24, 24).metadata("upflux.halo", "12"), false, "24x24", "no room");
    }

    @Test
    void openingChecksADeclaredScaleByARun() {
        ModelFiles files = files(TestModels.declare(TestModels.blur(2, 1), 3, 1));
        Contract declared = OnnxResolver.declared(files).orElseThrow();
        Execution cpu = new Execution(Execution.Gpu.NEVER, 0, 1);

        assertThatThrownBy(() -> OnnxResolver.open(files, "liar", declared, cpu, OptionalDouble.empty(), said))
                .isInstanceOf(StreamException.class)
                .hasMessageContaining("upflux.scale = 3");
    }

    @Test
    void refusesWhatIsNoSuperResolutionModel() {
        int f = OnnxBuilder.FLOAT;
        refused(
                new OnnxBuilder()
                        .input("x", f, "n", 3, 64, 64)
                        .output("y", f, "n", "classes")
                        .node("Flatten", "x", "y", Map.of()),
                false,
                "no super-resolution model",
                "2 dimensions");
        refused(
                new OnnxBuilder()
                        .input("x", f, "n", 3, "h", "w")
                        .output("y", f, "n", 3, "", "")
                        .node("GlobalAveragePool", "x", "y", Map.of()),
                false,
                "makes 1x1 of 64x64");
        refused(
                new OnnxBuilder()
                        .input("x", f, 3, "h", "w")
                        .output("y", f, 3, "", "")
                        .node("Relu", "x", "y", Map.of()),
                false,
                "3 dimensions");
        refused(
                new OnnxBuilder()
                        .input("a", f, 1, 3, "h", "w")
                        .input("b", f, 1, 3, "h", "w")
                        .output("y", f, 1, 3, "", "")
                        .node("Add", "a b", "y", Map.of()),
                false,
                "2 inputs");
        refused(TestModels.nearest(4, 2, f, "n", "h", "w"), false, "4 channels");
        refused(
                new OnnxBuilder()
                        .input("x", f, "n", "h", "w", 3)
                        .output("y", f, "n", "h", "w", 3)
                        .node("Relu", "x", "y", Map.of()),
                false,
                "fixes only one side");
        refused(
                new OnnxBuilder()
                        .input("x", OnnxBuilder.UINT8, "n", 3, "h", "w")
                        .output("y", OnnxBuilder.UINT8, "n", 3, "h", "w")
                        .node("Identity", "x", "y", Map.of()),
                false,
                "uint8",
                "supported are float32 and float16");
        refused(
                new OnnxBuilder()
                        .input("x", -1, "n", 3, "h", "w")
                        .output("y", OnnxBuilder.FLOAT, "n", 3, "h", "w")
                        .node("Identity", "x", "y", Map.of()),
                false,
                "its input is type -1");
    }

    @Test
    void refusesScalesThatAreNotWhole() {
        OnnxBuilder resize = new OnnxBuilder()
                .input("x", OnnxBuilder.FLOAT, "n", 3, "h", "w")
                .output("y", OnnxBuilder.FLOAT, "n", 3, "", "")
                .floats("scales", new float[] {1, 1, 1.5f, 1.5f}, 4)
                .node("Resize", "x  scales", "y", Map.of("mode", "linear"));

        refused(resize, false, "makes 96x96 of 64x64", "whole-number");
    }

    @Test
    void refusesUnknownOperators() {
        OnnxBuilder custom = new OnnxBuilder()
                .opset("com.example", 1)
                .input("x", OnnxBuilder.FLOAT, "n", 3, "h", "w")
                .output("y", OnnxBuilder.FLOAT, "n", 3, "", "")
                .node("com.example", "Magic", "x", "y", Map.of());
        refused(custom, false, "com.example:Magic", "does not know");

        OnnxBuilder invented = new OnnxBuilder()
                .input("x", OnnxBuilder.FLOAT, "n", 3, "h", "w")
                .output("y", OnnxBuilder.FLOAT, "n", 3, "", "")
                .node("Magic", "x", "y", Map.of());
        refused(invented, false, "ONNX Runtime cannot run it", "Magic");
    }

    @Test
    void refusesOtherFilesByWhatTheyAre(@TempDir Path folder) throws IOException {
        ByteArrayOutputStream zip = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(zip)) {
            out.putNextEntry(new ZipEntry("archive/data.pkl"));
        }
        byte[] frozen = {0x0a, 0x05, 0x0a, 0x01, 'x', 0x12, 0x00};
        byte[] pickle = {(byte) 0x80, 0x02, 'c', 'x', '\n'};
        byte[] whole = TestModels.blur(2, 1).build();

        refusedBytes(new byte[0], "an empty file");
        refusedBytes("Not a model, just words.\n".getBytes(StandardCharsets.UTF_8), "a text file");
        refusedBytes("version https://git-lfs.github.com/spec/v1\n".getBytes(StandardCharsets.UTF_8), "Git LFS");
        refusedBytes(zip.toByteArray(), "PyTorch");
        refusedBytes(pickle, "PyTorch");
        refusedBytes(frozen, "TensorFlow");
        for (int length : new int[] {1, 2, whole.length / 2, whole.length - 1}) {
            refusedBytes(Arrays.copyOf(whole, length), "truncated or corrupt");
        }
        assertThatThrownBy(() -> OnnxFile.read(folder)).hasMessageContaining("is a folder");
        assertThatThrownBy(() -> OnnxFile.read(folder.resolve("none.onnx"))).hasMessageContaining("no such model file");
    }

    @Test
    void refusesWhatNoHonestFileHolds() {
        OnnxBuilder nested = TestModels.nearest(2);
        for (int i = 0; i < 20; i++) {
            nested = new OnnxBuilder().node("If", "c", "y", Map.of("then_branch", nested));
        }
        refusedBytes(nested.build(), "graphs in each other");
        refusedBytes(
                TestModels.nearest(2)
                        .external("w", OnnxBuilder.FLOAT, "w.bin", -8, 4, 1)
                        .build(),
                "weights whose offset is '-8'");
        refusedBytes(
                TestModels.nearest(2)
                        .external("w", OnnxBuilder.FLOAT, "w.bin", 0, -4, 1)
                        .build(),
                "weights whose length is '-4'");
        for (String elsewhere : List.of("../w.bin", "/etc/passwd", "..", "a\\w.bin", "", "w\0.bin")) {
            refusedBytes(TestModels.nearest(2).external("w", elsewhere, 3).build(), "which is no file beside it");
        }
        refusedBytes(TestModels.nearest(2).external("w", "w.bin", -3).build(), "'w' has sides [-3]");
    }

    @Test
    void refusesAFileThatOnlyTheRuntimeFindsCorrupt(@TempDir Path folder) throws IOException {
        byte[] bytes = TestModels.nearest(2).build();
        // The graph stays readable, but an input of a node now has no source.
        String text = new String(bytes, StandardCharsets.ISO_8859_1).replaceFirst("repeat", "tapere");
        Path path = Files.write(folder.resolve("dangling.onnx"), text.getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> OnnxResolver.inspect(ModelFiles.read(path), false, said))
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith(path + ": ONNX Runtime cannot run it: ")
                .hasMessageNotContaining("\n");
    }

    private Contract probe(OnnxBuilder model) {
        return OnnxResolver.inspect(files(model), false, said);
    }

    private void refused(OnnxBuilder model, boolean thorough, String... parts) {
        assertThatThrownBy(() -> OnnxResolver.inspect(files(model), thorough, said))
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith("test.onnx: ")
                .hasMessageContainingAll(parts)
                .hasMessageNotContaining("\n");
    }

    private static void refusedBytes(byte[] bytes, String part) {
        assertThatThrownBy(() -> OnnxFile.of("test.onnx", bytes))
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith("test.onnx: ")
                .hasMessageContaining(part)
                .hasMessageNotContaining("\n");
    }

    private static ModelFiles files(OnnxBuilder model) {
        return ModelFiles.alone(file(model));
    }

    private static OnnxFile file(OnnxBuilder model) {
        return OnnxFile.of("test.onnx", model.build());
    }
}
