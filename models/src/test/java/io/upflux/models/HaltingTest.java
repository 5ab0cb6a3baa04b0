package io.upflux.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.pipeline.StreamException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HaltingTest {
    @Test
    void isOffOrAThreshold() {
        assertThat(Halting.parse(" OFF ")).isEqualTo(Halting.OFF);
        assertThat(Halting.OFF.on()).isFalse();
        assertThat(Halting.parse("0.95")).isEqualTo(new Halting(0.95));
        assertThat(Halting.parse("3").on()).isTrue();
        assertThat(Halting.parse(".5")).hasToString("0.5");
        assertThat(Halting.OFF).hasToString("off");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "on", "0", "-1", "0.0", "NaN", "Infinity", "1e3", "0,95"})
    void refusesAnythingElse(String text) {
        assertThatThrownBy(() -> Halting.parse(text))
                .isInstanceOf(StreamException.class)
                .hasMessageContaining("'" + text + "'");
    }
}
