package io.upflux.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloserTest {
    private final List<String> closed = new ArrayList<>();

    @Test
    void closesTheLatestFirstAndOnce() {
        Closer closer = new Closer();
        closer.own(() -> closed.add("first"));
        closer.own(() -> closed.add("second"));
        closer.close();
        closer.close();
        assertThat(closed).containsExactly("second", "first");
    }

    @Test
    void closesTheRestWhenOneFails() {
        Closer closer = new Closer();
        closer.own(() -> closed.add("first"));
        closer.own(() -> {
            throw new IOException("disk");
        });
        closer.own(() -> {
            throw new IllegalStateException("busy");
        });
        assertThatThrownBy(closer::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("busy")
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        assertThat(closed).containsExactly("first");
    }

    @Test
    void anErrorIsPassedOnWhenTheRestIsClosed() {
        Closer closer = new Closer();
        closer.own(() -> closed.add("first"));
        closer.own(() -> {
            throw new IOException("disk");
        });
        closer.own(() -> {
            throw new StackOverflowError("deep");
        });
        assertThatThrownBy(closer::close)
                .isInstanceOf(StackOverflowError.class)
                .satisfies(e -> assertThat(e.getSuppressed()).singleElement().isInstanceOf(IOException.class));
        assertThat(closed).containsExactly("first");
    }
}
