package io.upflux.server.live;

import io.upflux.buffer.Closer;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSink;
import java.util.List;
import java.util.function.Consumer;

/**
 * The same frames into several sinks, in order; they end in the reverse one. The last decides on their layout and colour,
 * which the others take.
 */
final class SharedSink implements FrameSink {
    private final List<FrameSink> sinks;

    /** @param sinks closed with this */
    SharedSink(List<FrameSink> sinks) {
        this.sinks = List.copyOf(sinks);
    }

    @Override
    public FrameFormat open(FrameFormat offered) {
        FrameSink last = sinks.get(sinks.size() - 1);
        FrameFormat wanted = last.open(offered);
        sinks.subList(0, sinks.size() - 1).forEach(sink -> sink.open(wanted));
        return wanted;
    }

    @Override
    public void write(VideoFrame frame) {
        try (frame) {
            for (FrameSink sink : sinks) {
                sink.write(frame.retain());
            }
        }
    }

    @Override
    public void finish() {
        each(FrameSink::finish);
    }

    @Override
    public void interrupt() {
        each(FrameSink::interrupt);
    }

    @Override
    public void close() {
        each(FrameSink::close);
    }

    /** Reaches all, whatever becomes of one. */
    private void each(Consumer<FrameSink> step) {
        try (Closer steps = new Closer()) {
            for (FrameSink sink : sinks) {
                steps.<AutoCloseable>own(() -> step.accept(sink));
            }
        }
    }
}
