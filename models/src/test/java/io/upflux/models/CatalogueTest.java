package io.upflux.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.upflux.models.onnx.OnnxFile;
import io.upflux.models.onnx.TestModels;
import io.upflux.models.onnx.TestPair;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a catalogue lists and opens. */
class CatalogueTest extends TestCatalogue {
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
    void verifyMeasuresWhatIsDeclared() throws IOException {
        Path liar = write("liar.onnx", TestModels.declare(TestModels.blur(2, 4), 2, 1));
        assertThat(catalogue().verify(liar).contract().halo()).isEqualTo(1);
        assertThat(said.warnings).singleElement().asString().contains("halo of 1");
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
}
