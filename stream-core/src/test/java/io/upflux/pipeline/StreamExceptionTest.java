package io.upflux.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StreamExceptionTest {
    @Test
    void itsMessageIsOneLineWhateverNamesAreInIt() {
        assertThat(new StreamException("a\r\nb\u001b[2J: c\u2028d\u0085e")).hasMessage("a b [2J: c d e");
        assertThat(new StreamException("a\tb", new IllegalStateException()))
                .hasMessage("a b")
                .hasCauseInstanceOf(IllegalStateException.class);
    }
}
