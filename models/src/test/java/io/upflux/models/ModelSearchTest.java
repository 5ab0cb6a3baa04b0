package io.upflux.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.models.onnx.TestModels;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Models by name, scale or path, and what is near. */
class ModelSearchTest extends TestCatalogue {
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

    private void refused(@Nullable String name, @Nullable Integer scale, String... parts) {
        assertThatThrownBy(() -> find(name, scale))
                .isInstanceOf(StreamException.class)
                .hasMessageContainingAll(parts)
                .hasMessageNotContaining("\n");
    }
}
