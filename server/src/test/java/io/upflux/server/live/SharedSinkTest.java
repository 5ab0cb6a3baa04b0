package io.upflux.server.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.StreamException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedSinkTest {
    private final List<String> closed = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void allAreClosedWhateverOneOfThemThrows(boolean foreseen) {
        FrameSink sink = new SharedSink(List.of(
                sink("small", () -> {}),
                sink("tiny", () -> {
                    if (foreseen) {
                        throw new StreamException("planted");
                    }
                    throw new StackOverflowError("planted");
                }),
                sink("main", () -> {})));
        assertThatThrownBy(sink::close)
                .isInstanceOf(foreseen ? StreamException.class : StackOverflowError.class)
                .hasMessage("planted");
        assertThat(closed).containsExactlyInAnyOrder("small", "tiny", "main");
    }

    private FrameSink sink(String name, Runnable closing) {
        return new FrameSink() {
            @Override
            public FrameFormat open(FrameFormat offered) {
                return offered;
            }

            @Override
            public void write(VideoFrame frame) {
                frame.close();
            }

            @Override
            public void finish() {}

            @Override
            public void interrupt() {}

            @Override
            public void close() {
                closed.add(name);
                closing.run();
            }
        };
    }
}
