package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelsCommandTest {
    private final Streams streams = new Streams();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"models --json", "models list --json", "models --json list"})
    void aLineAModelForPrograms(String line) {
        assertThat(streams.upflux((Object[]) line.split(" "))).isZero();
        List<JsonNode> models = streams.json();
        assertThat(models)
                .allSatisfy(model -> assertThat(model.fieldNames())
                        .toIterable()
                        .containsExactly("name", "scale", "parameters", "macs", "state", "psnr", "sha256"));
        assertThat(models)
                .extracting(model ->
                        tuple(model.get("name").asText(), model.get("macs").asLong()))
                .contains(tuple("plain-s-x2", 22_752L), tuple("bicubic-x3", 0L));
    }

    @Test
    void aLineAModelForPeople() {
        assertThat(streams.upflux("models")).isZero();
        assertThat(streams.out()).isEmpty();
        assertThat(streams.err().lines())
                .anyMatch(line -> line.matches("plain-s-x2 +x2 +22,863 parameters +22,752 MACs/LR pixel +final .*"))
                .anyMatch(line -> line.matches("lanczos-x4 +x4 +0 parameters +final .*"));
    }

    @Test
    void showTellsAllOfOne() {
        assertThat(streams.upflux("models", "show", "plain-s", "--json")).isZero();
        JsonNode model = streams.json().get(0);
        assertThat(model.get("name").asText()).isEqualTo("plain-s-x2");
        assertThat(model.get("sha256").asText()).matches("[0-9a-f]{64}");
        assertThat(model.get("source").asText()).isEqualTo("bundled");
        assertThat(model.get("halo").asInt()).isPositive();
    }

    @Test
    void peopleAreToldWhatAModelHas() {
        assertThat(streams.upflux("models", "show", "plain-s-x2")).isZero();
        assertThat(streams.out()).isEmpty();
        assertThat(streams.err().lines())
                .contains("pass         plain", "scale        2")
                .anyMatch(line -> line.matches("psnr +b100 [0-9.]+, set14 .*"))
                .noneMatch(line -> line.matches("(window|blocks|context) .*"))
                .noneMatch(line -> line.matches("[^ ]+ *(0|null)?"));
    }

    @Test
    void whatIsNoModelIsOneLine() throws IOException {
        Path text = Files.writeString(folder.resolve("text.onnx"), "not a model");
        assertThat(streams.upflux("models", "verify", text)).isEqualTo(1);
        assertThat(streams.err().lines()).singleElement().asString().contains("text.onnx");
    }

    @Test
    void missingFilesAndUnknownNamesFail() {
        assertThat(streams.upflux("models", "import", folder.resolve("x.onnx"))).isEqualTo(1);
        assertThat(streams.err()).contains("no such file");
        assertThat(streams.upflux("models", "show", "nosuch")).isEqualTo(1);
        assertThat(streams.err()).contains("nosuch");
    }
}
