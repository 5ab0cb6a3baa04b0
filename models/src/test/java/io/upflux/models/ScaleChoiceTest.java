package io.upflux.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.pipeline.StreamException;
import org.junit.jupiter.api.Test;

class ScaleChoiceTest {
    private final Catalogue catalogue = Catalogue.standard();

    @Test
    void withoutAWishTheModelsOwnScale() {
        assertThat(new ScaleChoice(null, null).model(catalogue, null, 360).name())
                .isEqualTo("plain-s-x2");
        assertThat(new ScaleChoice(3, null).model(catalogue, "bicubic", 360).name())
                .isEqualTo("bicubic-x3");
    }

    @Test
    void theSmallestScaleThatReachesAHeight() {
        assertThat(named(720)).isEqualTo("bicubic-x2");
        assertThat(named(721)).isEqualTo("bicubic-x3");
        assertThat(named(1440)).isEqualTo("bicubic-x4");
    }

    @Test
    void aHeightBelowTheInputsStillGoesThroughTheModel() {
        assertThat(named(240)).isEqualTo("bicubic-x2");
    }

    @Test
    void beyondAllScalesTheLargest() {
        assertThat(named(100_000)).isEqualTo("bicubic-x4");
        assertThat(new ScaleChoice(null, 100_000)
                        .model(catalogue, "plain-s-x2", 360)
                        .name())
                .isEqualTo("plain-s-x2");
    }

    @Test
    void aNetworkGoesBeforeAResizer() {
        assertThat(new ScaleChoice(null, 700).model(catalogue, null, 360).name())
                .isEqualTo("plain-s-x2");
        assertThat(new ScaleChoice(null, 1000).model(catalogue, null, 360).trained())
                .isTrue();
    }

    @Test
    void unknownModelsStayUnknown() {
        assertThatThrownBy(() -> new ScaleChoice(null, 720).model(catalogue, "nosuch", 360))
                .isInstanceOf(StreamException.class)
                .hasMessageContaining("nosuch");
    }

    private String named(int height) {
        return new ScaleChoice(null, height).model(catalogue, "bicubic", 360).name();
    }
}
