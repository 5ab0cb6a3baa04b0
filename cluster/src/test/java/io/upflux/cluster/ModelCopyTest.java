package io.upflux.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.models.Catalogue;
import io.upflux.pipeline.StreamException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelCopyTest {
    private final Catalogue catalogue = Catalogue.standard();

    @Test
    void aBundledModelIsFoundByItsName() {
        ModelCopy copy = ModelCopy.of(catalogue.find("plain-s-x2", null));
        assertThat(copy.files()).isEmpty();
        assertThat(copy.here(catalogue).name()).isEqualTo("plain-s-x2");
    }

    @Test
    void anAbsentOneIsSaidSo() {
        assertThatThrownBy(() -> new ModelCopy("plain-z-x2", "00", Map.of()).here(catalogue))
                .isInstanceOf(StreamException.class)
                .hasMessage(
                        "the model plain-z-x2 is absent here; executors need the same version of Upflux as the driver");
    }

    @Test
    void anotherOneOfItsNameIsSaidSo() {
        assertThatThrownBy(() -> new ModelCopy("plain-s-x2", "00", Map.of()).here(catalogue))
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith("the model plain-s-x2 is another one here");
    }
}
